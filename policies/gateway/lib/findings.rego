# METADATA
# title: Kinds of findings
# description: Which types identify a person directly, and which secrets are grave.
package gateway.lib.findings

# Types a provider need not know, and which leave as placeholders.
direct_identifiers := {
	"AU_TFN",
	"BE_NN",
	"CREDIT_CARD",
	"DE_TAX_ID",
	"EMAIL_ADDRESS",
	"ES_NIF",
	"FR_NIR",
	"IBAN_CODE",
	"IP_ADDRESS",
	"IT_FISCAL_CODE",
	"NL_BSN",
	"PERSON",
	"PHONE_NUMBER",
	"PL_PESEL",
	"UK_NHS",
	"UK_NINO",
	"US_SSN",
}

# Secrets that may be taken out of a text and the rest still sent, when one stands alone.
lesser_secrets := {"secret.assignment", "secret.jwt"}
