# METADATA
# title: Kinds of findings
# description: >-
#   Which types name a person, which a tenant may choose to leave as they are, and
#   which secrets are lesser. A type nobody has listed counts as naming a person,
#   so that a new detector protects before anybody has thought of it here.
package gateway.lib.findings

# What other rules answer for, and no placeholder stands for.
apart := {
	"SECRET",
	"SPECIAL_BELIEF",
	"SPECIAL_BIOMETRIC",
	"SPECIAL_CRIMINAL",
	"SPECIAL_ETHNICITY",
	"SPECIAL_GENETIC",
	"SPECIAL_HEALTH",
	"SPECIAL_POLITICS",
	"SPECIAL_SEX_LIFE",
	"SPECIAL_UNION",
	"detector.failed",
	"detector.skipped",
}

# Types of which a tenant says whether they leave as placeholders; all others do.
adjustable := {
	"ADDRESS",
	"BIRTH_DATE",
	"DATE_TIME",
	"LOCATION",
	"ORGANIZATION",
	"PERSON",
	"REFERENCE_NUMBER",
	"URL",
}

# Types that say nothing of a person when they stand alone.
impersonal := apart | {
	"DATE_TIME",
	"LOCATION",
	"ORGANIZATION",
	"REFERENCE_NUMBER",
	"URL",
}

# The finding type of each specially protected matter, of GDPR Articles 9 and 10.
special_types := {
	"belief": "SPECIAL_BELIEF",
	"biometric": "SPECIAL_BIOMETRIC",
	"criminal": "SPECIAL_CRIMINAL",
	"ethnicity": "SPECIAL_ETHNICITY",
	"genetic": "SPECIAL_GENETIC",
	"health": "SPECIAL_HEALTH",
	"politics": "SPECIAL_POLITICS",
	"sex_life": "SPECIAL_SEX_LIFE",
	"union": "SPECIAL_UNION",
}

# Secrets that may be taken out of a text and the rest still sent, when one stands alone.
lesser_secrets := {"secret.assignment", "secret.jwt"}

# Secrets that no text is sent without either: what stands around a private key tells whose it is.
untouchable_secrets := {"secret.private_key"}
