"""Short word lists of our own, in the languages the tagger knows."""

from __future__ import annotations

PEOPLES = """
afghan albanian algerian american andorran angolan argentine argentinian armenian australian
austrian azerbaijani bahraini bangladeshi belarusian belgian bolivian bosnian brazilian british
bulgarian cambodian cameroonian canadian chilean chinese colombian congolese croatian cuban cypriot
czech danish dutch ecuadorian egyptian english estonian ethiopian european finnish french georgian
german ghanaian greek guatemalan haitian hungarian icelandic indian indonesian iranian iraqi irish
israeli italian ivorian jamaican japanese jordanian kazakh kenyan korean kurdish kuwaiti latvian
lebanese libyan lithuanian luxembourgish macedonian malaysian maltese mexican moldovan mongolian
montenegrin moroccan nepalese nigerian norwegian pakistani palestinian panamanian paraguayan
peruvian philippine polish portuguese qatari roman romanian russian rwandan saudi scottish senegalese
serbian singaporean slovak slovakian slovenian somali spanish sudanese swedish swiss syrian taiwanese
tanzanian thai tunisian turkish ugandan ukrainian uruguayan venezuelan vietnamese welsh yemeni
zimbabwean african asian arab arabic jewish muslim christian catholic protestant islamic buddhist
hindu deutsche deutscher deutschen französisch spanisch niederländisch österreichisch schweizer
français française espagnol espagnole allemand allemande néerlandais italien italienne anglais
anglaise suisse belge español española francés francesa alemán alemana italiano italiana inglés
nederlands nederlandse duits duitse frans franse spaans spaanse engels engelse belgisch belgische
""".split()

CALENDAR = """
monday tuesday wednesday thursday friday saturday sunday january february march april may june july
august september october november december jan feb mar apr jun jul aug sep sept oct nov dec mon tue
wed thu fri sat sun montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag januar
februar märz mai juni juli oktober dezember jänner lundi mardi mercredi jeudi vendredi samedi
dimanche janvier février mars avril juin juillet août septembre octobre novembre décembre lunes
martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio agosto
septiembre octubre noviembre diciembre maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
januari februari maart mei augustus christmas easter weihnachten ostern noël pâques navidad pasen
""".split()

TITLES = """
mr mrs ms miss dr prof professor sir lord lady madam madame mme mlle monsieur m herr frau fräulein
hr fr dr.med señor señora señorita sr sra srta don doña doctor doctora dhr mevr mevrouw mw meneer
de_heer heer drs ir ing mag maître me judge justice captain capt col colonel general gen lt sgt
sergeant president minister senator king queen prince princess pope bishop father sister brother
uncle aunt aunty saint rev reverend chancellor chancellor governor mayor ambassador inspector
hallo hello hi dear liebe lieber hola querido querida bonjour chère cher beste geachte
""".split()

ORGANISATION_WORDS = """
inc ltd llc plc corp corporation company co gmbh ag kg kgaa ohg ug se sa sas sarl eurl scop bv nv vof
cv sl slu srl spa oy ab as asa aps group holding holdings bank university college school institute
institut institution foundation association society club council committee commission court ministry
department agency authority bureau office hospital clinic museum library church party union
federation league team airlines airways records studios press times post news radio television
tribunal parliament congress senate police army navy force services service systems solutions
technologies partners consulting insurance versicherung universität hochschule krankenhaus klinikum
ministerium gericht amt verein stiftung bundesamt landgericht amtsgericht stadtwerke sparkasse
université école hôpital ministère mairie préfecture société banque fondation conseil cour
universidad escuela hospital ministerio ayuntamiento banco fundación tribunal consejo sociedad
universiteit hogeschool ziekenhuis ministerie gemeente rechtbank stichting vereniging bedrijf
orchestra band fc united city airport hotel restaurant academy centre center
""".split()

ROLES = """
manager director head chief officer engineer developer analyst assistant secretary clerk consultant
lawyer solicitor attorney accountant nurse physician surgeon teacher lecturer student driver
architect designer editor journalist author actor actress singer artist producer coach player
founder owner chairman chairwoman chair ceo cfo cto coo cio vp applicant defendant claimant plaintiff
witness prosecutor geschäftsführer geschäftsführerin leiter leiterin mitarbeiter mitarbeiterin
abteilungsleiter sachbearbeiter anwalt anwältin arzt ärztin lehrer lehrerin kollege kollegin
directeur directrice responsable chef ingénieur avocat avocate médecin infirmière professeur
comptable collègue directora jefe jefa ingeniero ingeniera abogado abogada médico enfermera
profesor profesora contable empleado empleada colega directeurs hoofd medewerker medewerkster
advocaat arts verpleegkundige leraar collega boekhouder
""".split()

PLACE_PARTS = """
north south east west northern southern eastern western new old upper lower great greater san santa
los las el la le saint st st. sankt bad mount mt lake river port fort cape isle island islands street
road avenue lane drive square park bridge hill valley bay beach county district province region state
coast strasse straße str weg platz allee gasse rue avenue boulevard place chemin quai calle avenida
plaza paseo camino laan straat plein gracht kade dijk ober unter nieder
""".split()

STOP = """
the this that these those there then than they their them theirs i i'm i've i'll i'd you your yours
you're we our ours we're we've he she it its it's his her hers him me my mine us who whom whose what
what's when where why how which if and but or nor so because although though while since until unless
as at by for from in into of off on onto out over to under up with without about after before between
during against please thank thanks yes no not don't doesn't didn't can't cannot couldn't won't
wouldn't isn't aren't wasn't weren't is are was were be been being am do does did have has had having
will would shall should can could may might must let let's get got just also very too here now today
tomorrow yesterday however therefore moreover furthermore meanwhile some any all each every both many
much few several other another such only own same more most less least first second third last next
one two three four five six seven eight nine ten a an re fw fwd subject sent cc bcc date ps pps
article articles section paragraph rule protocol chapter note notes figure table appendix
der die das den dem des ein eine einen einem einer eines und oder aber denn weil wenn dass ob als wie
ich du er sie es wir ihr mich dich ihn uns euch mein dein sein unser ihre ihnen nicht kein keine auch
noch nur schon sehr mehr bitte danke ja nein ist sind war waren wird werden wurde hat haben hatte kann
können muss müssen soll sollen für mit von vom zu zum zur bei beim nach aus auf an am im in über unter
vor durch gegen ohne um seit bis wegen betreff anbei guten sehr
le la les un une des du de et ou mais donc car si que qui quoi dont où quand comme je tu il elle nous
vous ils elles on mon ton son notre votre leur mes tes ses nos vos leurs ce cet cette ces ne pas plus
moins très aussi encore déjà oui non merci est sont était étaient sera ont avoir être avec sans pour
par dans sur sous entre vers chez depuis pendant objet veuillez
el los las un una unos unas del al y o pero porque si que quien cual cuando donde como yo tú él ella
nosotros vosotros ellos ellas usted ustedes mi tu su nuestro vuestro este esta estos estas ese esa
aquel no sí muy más menos también ya gracias por para con sin sobre entre desde hasta hacia es son era
fue ser estar está están ha han asunto
de het een en of maar want omdat als dat die dit deze wie wat waar wanneer hoe ik jij je hij zij ze wij
we jullie mijn jouw zijn haar ons onze hun niet geen ook nog al heel meer minder ja nee dank bedankt
is was waren wordt werd heeft hebben had kan kunnen moet moeten zal zullen met van voor door bij naar
uit op aan in over onder tussen tegen zonder om sinds tot onderwerp graag
""".split()
