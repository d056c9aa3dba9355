# METADATA
# title: The risk that someone is recognised
# description: >-
#   Levels in order, the levels at which a tenant wants something done, and whether
#   the content leaves the company at all.
package gateway.lib.recognition

levels := {"none": 0, "low": 1, "medium": 2, "high": 3, "very_high": 4}

# A level nobody knows counts as the highest, a threshold nobody knows as the lowest.
level := object.get(levels, input.data.reid.level, 4)

warn := object.get(levels, input.parameters.an_03_warn, 1)

confirm := object.get(levels, input.parameters.an_03_confirm, 1)

keep := object.get(levels, input.parameters.an_03_keep, 1)

default exposed := true

exposed := false if input.destination.self_hosted == true

params := {"level": input.data.reid.level, "drivers": input.data.reid.drivers}
