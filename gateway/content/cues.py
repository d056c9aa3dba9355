"""Words that say something specific of a person, in English, German, French, Spanish and Dutch.

By driver of risk; phrases are separated by ``|``. GDPR Art. 9 names health, belief and union among
what must be protected most.
"""

from __future__ import annotations

CUES: dict[str, str] = {
    "uniqueness_cue": (
        "the only|our only|unsere einzige|unser einziger|notre seule|notre seul|nuestra única|nuestro único|onze enige|the first woman|the first man|the first person|the youngest|the oldest|sole|one of the few"
        "|the last remaining|nobody else|no one else|der einzige|die einzige|als einzige|als einziger|die erste frau"
        "|der jüngste|die jüngste|la seule|le seul|la première femme|le plus jeune|la plus jeune|l'unique|el único"
        "|la única|la primera mujer|el más joven|la más joven|de enige|als enige|de eerste vrouw|de jongste"
    ),
    "rare_role": (
        "head of|chief|ceo|cfo|cto|coo|ciso|chairman|chairwoman|managing director|vice president|general counsel"
        "|data protection officer|works council chair|mayor|headteacher|headmaster"
        "|principal investigator|professor of|dean of|ambassador|whistleblower|leiter der|leiterin der|leiter des"
        "|leiterin des|geschäftsführer|geschäftsführerin|vorstand|betriebsratsvorsitzende|betriebsratsvorsitzender"
        "|bürgermeister|bürgermeisterin|chefarzt|chefärztin|schulleiter|schulleiterin|directeur de|directrice de"
        "|directeur général|directrice générale|responsable de|chef de|maire de|proviseur|directora de|director de"
        "|jefe de|jefa de|alcalde|alcaldesa|consejero delegado|hoofd van|directeur van|burgemeester|bestuursvoorzitter"
    ),
    "role": (
        "works as a|works as an|engineer|nurse|teacher|lawyer|accountant|surgeon|pilot|police officer|software developer"
        "|arbeitet als|krankenschwester|ingenieur|ingenieurin|lehrer|lehrerin|anwalt|anwältin|buchhalterin|buchhalter"
        "|travaille comme|infirmière|infirmier|ingénieur|enseignante|enseignant|avocate|avocat|comptable"
        "|trabaja como|enfermera|enfermero|ingeniera|ingeniero|profesora|profesor|abogada|abogado|contable"
        "|werkt als|verpleegkundige|lerares|leraar|advocaat|boekhouder|boekhoudster"
    ),
    "family": (
        "husband|wife|ex-wife|ex-husband|daughter|son|twins|stepson|stepdaughter|pregnant|divorced|divorce|widow|widower"
        "|single mother|single father|maternity leave|ehemann|ehefrau|exfrau|exmann|tochter|sohn|zwillinge|schwanger"
        "|geschieden|scheidung|witwe|witwer|alleinerziehend|elternzeit|mari|épouse|fille|fils|jumeaux|enceinte|divorcée"
        "|divorcé|veuve|veuf|congé maternité|marido|esposa|hija|hijo|gemelos|embarazada|divorciada|divorciado|viuda|viudo"
        "|echtgenoot|echtgenote|dochter|zoon|tweeling|zwanger|gescheiden|weduwe|weduwnaar|zwangerschapsverlof"
    ),
    "health": (
        "cancer|leukemia|leukaemia|diabetes|hiv|aids|epilepsy|depression|burnout|bipolar|schizophrenia|multiple sclerosis"
        "|parkinson|alzheimer|chemotherapy|transplant|miscarriage|abortion|wheelchair|disability|addiction|rehab|suicide"
        "|surgery|sick leave|krebs|brustkrebs|leukämie|epilepsie|depressionen|schizophrenie|chemotherapie|fehlgeburt"
        "|abtreibung|rollstuhl|behinderung|schwerbehindert|sucht|entzug|krankgeschrieben|dépression|schizophrénie"
        "|chimiothérapie|fausse couche|avortement|fauteuil roulant|handicap|arrêt maladie|cáncer|depresión|epilepsia"
        "|quimioterapia|aborto|silla de ruedas|discapacidad|baja médica|kanker|borstkanker|depressie|chemo|miskraam"
        "|rolstoel|handicap|verslaving|ziekteverlof"
    ),
    "belief": (
        "muslim|jewish|catholic|protestant|buddhist|hindu|atheist|jehovah's witness|mormon|muslimisch|jüdisch|katholisch"
        "|evangelisch|musulman|musulmane|juif|juive|catholique|protestante|musulmán|musulmana|judío|judía|católico"
        "|católica|moslim|joods|katholiek|protestants|gay|lesbian|transgender|homosexual|schwul|lesbisch|homosexuel"
        "|homosexuelle|lesbienne|homoseksueel"
    ),
    "union": (
        "trade union|union member|shop steward|works council|gewerkschaft|betriebsrat|gewerkschaftsmitglied|syndicat"
        "|syndiquée|syndiqué|délégué syndical|déléguée syndicale|sindicato|sindicalista|vakbond|vakbondslid|ondernemingsraad"
    ),
    "origin": (
        "afghan|albanian|algerian|american|armenian|australian|austrian|belgian|bosnian|brazilian|british|bulgarian"
        "|canadian|chechen|chinese|croatian|cypriot|czech|danish|dutch|egyptian|estonian|finnish|georgian|german|greek"
        "|hungarian|indian|iranian|iraqi|irish|italian|japanese|kurdish|latvian|lebanese|lithuanian|moroccan|nigerian"
        "|norwegian|pakistani|polish|portuguese|romanian|roma|russian|serbian|slovak|slovenian|somali|spanish|swedish"
        "|swiss|syrian|tunisian|turkish|ukrainian|vietnamese|finnin|finne|polin|türkin|russin|finlandaise|finlandais"
        "|polonaise|polonais|turque|marocaine|marocain|finlandesa|polaca|marroquí|turca|finse|poolse|turkse|marokkaanse"
    ),
    "person": (
        "she|her|he|his|him|woman|man|colleague|employee|applicant|patient|customer|sie|ihre|frau|mann|kollegin|kollege"
        "|mitarbeiterin|mitarbeiter|patientin|elle|femme|homme|collègue|salariée|salarié|patiente|requérant|requérante"
        "|ella|mujer|hombre|colega|empleada|empleado|paciente|demandante|zij|haar|hij|zijn|vrouw|collega|medewerker"
        "|medewerkster|patiënt|i am|my wife|my boss|ich bin|je suis|soy|ik ben"
    ),
    "joined": (
        "joined|since|started|hired|with us since|eingestellt|seit|angefangen|embauchée|embauché|depuis|entrée en"
        "|contratada|contratado|desde|in dienst sinds|sinds|begonnen"
    ),
}
