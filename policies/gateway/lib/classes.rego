# METADATA
# title: Data classes in order
# description: So that rules can say "above public" without listing names.
package gateway.lib.classes

order := {"public": 0, "internal": 1, "confidential": 2, "restricted": 3}

# A class nobody knows counts as the most sensitive one.
rank := object.get(order, input.data.class, 3)
