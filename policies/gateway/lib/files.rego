# METADATA
# title: Attachments by what can be done with them
# description: >-
#   The types of attachments that can be cleaned, that cannot, and that cannot even
#   be opened, and whether the data class lets the latter pass.
package gateway.lib.files

import data.gateway.lib.classes.order
import data.gateway.lib.classes.rank

# A class or a choice nobody knows is bound.
default free := false

free if rank < object.get(order, input.parameters.an_02_from, 0)

cleaned := {file.type | some file in input.request.attachments; file.cleaned == true}

unreadable := {file.type | some file in input.request.attachments; file.readable == false}

uncleaned := {file.type | some file in input.request.attachments; file.readable == true; file.cleaned == false}
