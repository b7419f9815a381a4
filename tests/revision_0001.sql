BEGIN TRANSACTION;
CREATE TABLE action (
	id INTEGER NOT NULL, 
	theme_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	reference VARCHAR(128) NOT NULL, 
	number VARCHAR(16) NOT NULL, 
	objective INTEGER, 
	number_status VARCHAR(32) NOT NULL, 
	text_fr TEXT, 
	text_nl TEXT, 
	text_status VARCHAR(32) NOT NULL, 
	note_fr TEXT, 
	note_nl TEXT, 
	service_expected VARCHAR(32), 
	CONSTRAINT pk_action PRIMARY KEY (id), 
	CONSTRAINT fk_action_theme_id_theme FOREIGN KEY(theme_id) REFERENCES theme (id) ON DELETE CASCADE, 
	CONSTRAINT uq_action_reference UNIQUE (reference)
);
INSERT INTO "action" VALUES(1,1,0,'1','plan-x/1','1',NULL,'printed','Action 1','Actie 1','held',NULL,NULL,NULL);
INSERT INTO "action" VALUES(2,1,1,'2','plan-x/2','2',NULL,'printed','Action 2','Actie 2','held',NULL,NULL,NULL);
CREATE TABLE action_lineage (
	id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	from_action_id INTEGER NOT NULL, 
	to_action_id INTEGER NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	note_fr TEXT, 
	note_nl TEXT, 
	CONSTRAINT pk_action_lineage PRIMARY KEY (id), 
	CONSTRAINT fk_action_lineage_from_action_id_action FOREIGN KEY(from_action_id) REFERENCES action (id) ON DELETE CASCADE, 
	CONSTRAINT fk_action_lineage_to_action_id_action FOREIGN KEY(to_action_id) REFERENCES action (id) ON DELETE CASCADE, 
	CONSTRAINT uq_action_lineage_from_action_id_to_action_id UNIQUE (from_action_id, to_action_id)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE attribute (
	id INTEGER NOT NULL, 
	service_id INTEGER NOT NULL, 
	taxonomy_term_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	rank VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_attribute PRIMARY KEY (id), 
	CONSTRAINT fk_attribute_service_id_service FOREIGN KEY(service_id) REFERENCES service (id) ON DELETE CASCADE, 
	CONSTRAINT fk_attribute_taxonomy_term_id_taxonomy_term FOREIGN KEY(taxonomy_term_id) REFERENCES taxonomy_term (id) ON DELETE CASCADE, 
	CONSTRAINT uq_attribute_service_id_taxonomy_term_id UNIQUE (service_id, taxonomy_term_id)
);
INSERT INTO "attribute" VALUES(1,1,4,0,'primary');
INSERT INTO "attribute" VALUES(2,1,5,1,'secondary');
INSERT INTO "attribute" VALUES(3,2,4,0,'primary');
INSERT INTO "attribute" VALUES(4,2,5,1,'secondary');
CREATE TABLE citation (
	id INTEGER NOT NULL, 
	service_id INTEGER, 
	organization_id INTEGER, 
	fulfilment_id INTEGER, 
	position INTEGER NOT NULL, 
	field VARCHAR(32), 
	source_id INTEGER NOT NULL, 
	quote TEXT, 
	CONSTRAINT pk_citation PRIMARY KEY (id), 
	CONSTRAINT fk_citation_fulfilment_id_fulfilment FOREIGN KEY(fulfilment_id) REFERENCES fulfilment (id) ON DELETE CASCADE, 
	CONSTRAINT fk_citation_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id) ON DELETE CASCADE, 
	CONSTRAINT fk_citation_service_id_service FOREIGN KEY(service_id) REFERENCES service (id) ON DELETE CASCADE, 
	CONSTRAINT fk_citation_source_id_source_document FOREIGN KEY(source_id) REFERENCES source_document (id)
);
INSERT INTO "citation" VALUES(1,1,NULL,NULL,0,'phone',1,NULL);
INSERT INTO "citation" VALUES(2,1,NULL,NULL,1,'summary',2,NULL);
INSERT INTO "citation" VALUES(3,2,NULL,NULL,0,'phone',1,NULL);
INSERT INTO "citation" VALUES(4,2,NULL,NULL,1,'summary',2,NULL);
INSERT INTO "citation" VALUES(5,NULL,NULL,1,0,NULL,2,'distribuer de la soupe');
CREATE TABLE closure (
	id INTEGER NOT NULL, 
	service_id INTEGER NOT NULL, 
	starts DATE NOT NULL, 
	ends DATE NOT NULL, 
	reason_fr TEXT, 
	reason_nl TEXT, 
	CONSTRAINT pk_closure PRIMARY KEY (id), 
	CONSTRAINT fk_closure_service_id_service FOREIGN KEY(service_id) REFERENCES service (id) ON DELETE CASCADE
);
CREATE TABLE crisis (
	id INTEGER NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	title_fr TEXT, 
	title_nl TEXT, 
	advice_fr TEXT, 
	advice_nl TEXT, 
	danger JSON NOT NULL, 
	talk JSON NOT NULL, 
	CONSTRAINT pk_crisis PRIMARY KEY (id), 
	CONSTRAINT uq_crisis_key UNIQUE ("key")
);
INSERT INTO "crisis" VALUES(1,'vital',0,'En danger ?','In gevaar?','Appelez le 112.','Bel 112.','["urgence"]','[]');
CREATE TABLE fulfilment (
	id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	service_id INTEGER NOT NULL, 
	action_id INTEGER NOT NULL, 
	role VARCHAR(32) NOT NULL, 
	basis VARCHAR(32) NOT NULL, 
	state VARCHAR(32) NOT NULL, 
	reason_fr TEXT, 
	reason_nl TEXT, 
	CONSTRAINT pk_fulfilment PRIMARY KEY (id), 
	CONSTRAINT fk_fulfilment_action_id_action FOREIGN KEY(action_id) REFERENCES action (id) ON DELETE CASCADE, 
	CONSTRAINT fk_fulfilment_service_id_service FOREIGN KEY(service_id) REFERENCES service (id) ON DELETE CASCADE, 
	CONSTRAINT uq_fulfilment_service_id_action_id UNIQUE (service_id, action_id)
);
INSERT INTO "fulfilment" VALUES(1,0,2,1,'delivers','named_in_action','confirmed','Le plan la nomme.','Het plan noemt ze.');
CREATE TABLE loaded_record (
	kind VARCHAR(32) NOT NULL, 
	"key" VARCHAR(160) NOT NULL, 
	content JSON NOT NULL, 
	loaded_at DATETIME NOT NULL, 
	CONSTRAINT pk_loaded_record PRIMARY KEY (kind, "key")
);
INSERT INTO "loaded_record" VALUES('sources','notes','{"key": "notes", "kind": "own_site", "title": {"fr": "Notes", "nl": "Nota\u2019s"}, "date": "2026-10"}','2026-11-30 04:25:41.403917');
INSERT INTO "loaded_record" VALUES('sources','revue','{"key": "revue", "kind": "official", "title": {"fr": "Revue"}, "date": "2025"}','2026-11-30 04:25:41.403917');
INSERT INTO "loaded_record" VALUES('taxonomies','neighbourhoods:magritte','{"taxonomy": "neighbourhoods", "key": "magritte", "name": {"fr": "Magritte", "nl": "Magritte"}}','2026-11-30 04:25:41.403917');
INSERT INTO "loaded_record" VALUES('taxonomies','publics:seniors','{"taxonomy": "publics", "key": "seniors", "name": {"fr": "A\u00een\u00e9s", "nl": "Senioren"}}','2026-11-30 04:25:41.403917');
INSERT INTO "loaded_record" VALUES('needs','faim','{"key": "faim", "slug": {"fr": "faim", "nl": "honger"}, "name": {"fr": "J\u2019ai faim", "nl": "Ik heb honger"}, "hint": {"fr": "Repas", "nl": "Maaltijd"}, "icon": "bowl", "topics": [{"key": "repas", "name": {"fr": "Repas", "nl": "Maaltijd"}}, {"key": "colis", "name": {"fr": "Colis", "nl": "Pakket"}}]}','2026-11-30 04:25:41.403917');
INSERT INTO "loaded_record" VALUES('organizations','marmite','{"key": "marmite", "kind": "asbl_vzw", "name": {"fr": "La Marmite", "nl": "De Kookpot"}}','2026-11-30 04:25:41.403917');
INSERT INTO "loaded_record" VALUES('services','pain','{"key": "pain", "short_code": "bbbb", "kind": "service", "state": "existing", "name": {"fr": "Pain", "nl": "Pain nl"}, "organization": "marmite", "summary": {"fr": "Un bol chaud.", "nl": "Een warme kom."}, "phones": [{"number": "02 422 46 11"}], "terms": [{"term": "repas", "rank": "primary"}, {"term": "colis", "rank": "secondary"}], "publics": ["seniors"], "citations": [{"field": "phone", "source": "notes"}, {"field": "summary", "source": "revue"}]}','2026-11-30 04:25:41.403917');
INSERT INTO "loaded_record" VALUES('services','soupe','{"key": "soupe", "short_code": "aaaa", "kind": "service", "state": "existing", "name": {"fr": "Soupe", "nl": "Soupe nl"}, "organization": "marmite", "summary": {"fr": "Un bol chaud.", "nl": "Een warme kom."}, "phones": [{"number": "02 422 46 11"}], "terms": [{"term": "repas", "rank": "primary"}, {"term": "colis", "rank": "secondary"}], "publics": ["seniors"], "citations": [{"field": "phone", "source": "notes"}, {"field": "summary", "source": "revue"}]}','2026-11-30 04:25:41.403917');
INSERT INTO "loaded_record" VALUES('crises','vital','{"key": "vital", "title": {"fr": "En danger ?", "nl": "In gevaar?"}, "advice": {"fr": "Appelez le 112.", "nl": "Bel 112."}, "danger": ["urgence"]}','2026-11-30 04:25:41.403917');
INSERT INTO "loaded_record" VALUES('vocabulary','faim','{"key": "faim", "groups": [{"term": "faim", "fr": ["rien \u00e0 manger"], "nl": ["niets te eten"]}]}','2026-11-30 04:25:41.403917');
INSERT INTO "loaded_record" VALUES('urgent_numbers','urgence','{"key": "urgence", "number": "112", "name": {"fr": "Urgence", "nl": "Nood"}, "purpose": {"fr": "Ambulance", "nl": "Ziekenwagen"}, "block": "danger", "always": true}','2026-11-30 04:25:41.403917');
INSERT INTO "loaded_record" VALUES('plans','plan-x','{"key": "plan-x", "title": {"fr": "Plan X", "nl": "Plan X"}, "short_title": {"fr": "Plan X", "nl": "Plan X"}, "starts": 2022, "ends": 2027, "source": "revue", "themes": [{"key": "faim", "number": 1, "name": {"fr": "Faim", "nl": "Honger"}, "actions": [{"key": "1", "number": "1", "number_status": "printed", "text": {"fr": "Action 1", "nl": "Actie 1"}, "text_status": "held"}, {"key": "2", "number": "2", "number_status": "printed", "text": {"fr": "Action 2", "nl": "Actie 2"}, "text_status": "held"}]}]}','2026-11-30 04:25:41.403917');
INSERT INTO "loaded_record" VALUES('fulfilments','soupe plan-x/1','{"service": "soupe", "action": "plan-x/1", "role": "delivers", "basis": "named_in_action", "state": "confirmed", "reason": {"fr": "Le plan la nomme.", "nl": "Het plan noemt ze."}, "citations": [{"source": "revue", "quote": "distribuer de la soupe"}]}','2026-11-30 04:25:41.403917');
INSERT INTO "loaded_record" VALUES('other_languages','en','{"code": "en", "name": "English", "direction": "ltr", "intro": "Help in Jette.", "call": "Call us."}','2026-11-30 04:25:41.403917');
INSERT INTO "loaded_record" VALUES('map','jette','{"key": "jette", "kind": "outline", "name": {"fr": "Jette", "nl": "Jette"}, "points": [[50.87, 4.3], [50.87, 4.34], [50.89, 4.34], [50.89, 4.3]]}','2026-11-30 04:25:41.403917');
CREATE TABLE location (
	id INTEGER NOT NULL, 
	service_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	address_1_fr TEXT, 
	address_1_nl TEXT, 
	postal_code VARCHAR(8), 
	city_fr TEXT, 
	city_nl TEXT, 
	note_fr TEXT, 
	note_nl TEXT, 
	latitude NUMERIC(8, 5), 
	longitude NUMERIC(8, 5), 
	precision VARCHAR(32), 
	position_source_id INTEGER, 
	CONSTRAINT pk_location PRIMARY KEY (id), 
	CONSTRAINT fk_location_position_source_id_source_document FOREIGN KEY(position_source_id) REFERENCES source_document (id), 
	CONSTRAINT fk_location_service_id_service FOREIGN KEY(service_id) REFERENCES service (id) ON DELETE CASCADE
);
CREATE TABLE map_feature (
	id INTEGER NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	name_fr TEXT, 
	name_nl TEXT, 
	points JSON NOT NULL, 
	source VARCHAR(64), 
	CONSTRAINT pk_map_feature PRIMARY KEY (id), 
	CONSTRAINT uq_map_feature_key UNIQUE ("key")
);
INSERT INTO "map_feature" VALUES(1,'jette',0,'outline','Jette','Jette','[[50.87, 4.3], [50.87, 4.34], [50.89, 4.34], [50.89, 4.3]]',NULL);
CREATE TABLE objective (
	id INTEGER NOT NULL, 
	theme_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	text_fr TEXT, 
	text_nl TEXT, 
	CONSTRAINT pk_objective PRIMARY KEY (id), 
	CONSTRAINT fk_objective_theme_id_theme FOREIGN KEY(theme_id) REFERENCES theme (id) ON DELETE CASCADE
);
CREATE TABLE organization (
	id INTEGER NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	name_fr TEXT, 
	name_nl TEXT, 
	name_translated VARCHAR(2), 
	alternate_names JSON NOT NULL, 
	description_fr TEXT, 
	description_nl TEXT, 
	text_state_fr TEXT, 
	text_state_nl TEXT, 
	email VARCHAR(254), 
	website VARCHAR(500), 
	parent_organization_id INTEGER, 
	CONSTRAINT pk_organization PRIMARY KEY (id), 
	CONSTRAINT fk_organization_parent_organization_id_organization FOREIGN KEY(parent_organization_id) REFERENCES organization (id), 
	CONSTRAINT uq_organization_key UNIQUE ("key")
);
INSERT INTO "organization" VALUES(1,'marmite','asbl_vzw','La Marmite','De Kookpot',NULL,'{}',NULL,NULL,'current','current',NULL,NULL,NULL);
CREATE TABLE other_language (
	id INTEGER NOT NULL, 
	code VARCHAR(8) NOT NULL, 
	position INTEGER NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	direction VARCHAR(3) NOT NULL, 
	intro VARCHAR(500) NOT NULL, 
	call VARCHAR(500) NOT NULL, 
	needs JSON NOT NULL, 
	CONSTRAINT pk_other_language PRIMARY KEY (id), 
	CONSTRAINT uq_other_language_code UNIQUE (code)
);
INSERT INTO "other_language" VALUES(1,'en',0,'English','ltr','Help in Jette.','Call us.','{}');
CREATE TABLE phone (
	id INTEGER NOT NULL, 
	service_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	number VARCHAR(32) NOT NULL, 
	label_fr TEXT, 
	label_nl TEXT, 
	CONSTRAINT pk_phone PRIMARY KEY (id), 
	CONSTRAINT fk_phone_service_id_service FOREIGN KEY(service_id) REFERENCES service (id) ON DELETE CASCADE
);
INSERT INTO "phone" VALUES(1,1,0,'02 422 46 11',NULL,NULL);
INSERT INTO "phone" VALUES(2,2,0,'02 422 46 11',NULL,NULL);
CREATE TABLE "plan" (
	id INTEGER NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	title_fr TEXT, 
	title_nl TEXT, 
	title_translated VARCHAR(2), 
	short_title_fr TEXT, 
	short_title_nl TEXT, 
	publisher_fr TEXT, 
	publisher_nl TEXT, 
	starts INTEGER NOT NULL, 
	ends INTEGER NOT NULL, 
	declared_actions INTEGER, 
	declared_themes INTEGER, 
	origin VARCHAR(32) NOT NULL, 
	note_fr TEXT, 
	note_nl TEXT, 
	source_id INTEGER NOT NULL, 
	CONSTRAINT pk_plan PRIMARY KEY (id), 
	CONSTRAINT fk_plan_source_id_source_document FOREIGN KEY(source_id) REFERENCES source_document (id), 
	CONSTRAINT uq_plan_key UNIQUE ("key")
);
INSERT INTO "plan" VALUES(1,'plan-x','Plan X','Plan X',NULL,'Plan X','Plan X',NULL,NULL,2022,2027,NULL,NULL,'official',NULL,NULL,2);
CREATE TABLE schedule (
	id INTEGER NOT NULL, 
	service_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	byday JSON NOT NULL, 
	opens_at VARCHAR(5) NOT NULL, 
	closes_at VARCHAR(5) NOT NULL, 
	CONSTRAINT pk_schedule PRIMARY KEY (id), 
	CONSTRAINT fk_schedule_service_id_service FOREIGN KEY(service_id) REFERENCES service (id) ON DELETE CASCADE
);
CREATE TABLE search_change (
	revision INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	document VARCHAR(160) NOT NULL
);
INSERT INTO "search_change" VALUES(1,'*');
INSERT INTO "search_change" VALUES(2,'*');
INSERT INTO "search_change" VALUES(3,'*');
INSERT INTO "search_change" VALUES(4,'*');
INSERT INTO "search_change" VALUES(5,'service:pain');
INSERT INTO "search_change" VALUES(6,'service:soupe');
INSERT INTO "search_change" VALUES(7,'*');
INSERT INTO "search_change" VALUES(8,'*');
INSERT INTO "search_change" VALUES(9,'*');
INSERT INTO "search_change" VALUES(10,'*');
CREATE TABLE service (
	id INTEGER NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	short_code VARCHAR(8) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	state VARCHAR(32) NOT NULL, 
	state_note_fr TEXT, 
	state_note_nl TEXT, 
	publication VARCHAR(32) NOT NULL, 
	visibility VARCHAR(32) NOT NULL, 
	sensitive BOOLEAN NOT NULL, 
	name_fr TEXT, 
	name_nl TEXT, 
	name_translated VARCHAR(2), 
	alternate_names JSON NOT NULL, 
	text_state_fr TEXT, 
	text_state_nl TEXT, 
	organization_id INTEGER, 
	operator_fr TEXT, 
	operator_nl TEXT, 
	summary_fr TEXT, 
	summary_nl TEXT, 
	description_fr TEXT, 
	description_nl TEXT, 
	eligibility_description_fr TEXT, 
	eligibility_description_nl TEXT, 
	fees_description_fr TEXT, 
	fees_description_nl TEXT, 
	free VARCHAR(32), 
	papers_needed VARCHAR(32), 
	residents_only VARCHAR(32), 
	confidential VARCHAR(32), 
	required_documents JSON NOT NULL, 
	access_modes JSON NOT NULL, 
	application_process_fr TEXT, 
	application_process_nl TEXT, 
	email VARCHAR(254), 
	website VARCHAR(500), 
	address_confidential BOOLEAN NOT NULL, 
	neighbourhood_id INTEGER, 
	service_area_id INTEGER, 
	wheelchair VARCHAR(32), 
	accessibility_fr TEXT, 
	accessibility_nl TEXT, 
	schedule_note_fr TEXT, 
	schedule_note_nl TEXT, 
	schedule_source_id INTEGER, 
	languages JSON NOT NULL, 
	assured_date DATE, 
	review_interval_months INTEGER NOT NULL, 
	CONSTRAINT pk_service PRIMARY KEY (id), 
	CONSTRAINT fk_service_neighbourhood_id_taxonomy_term FOREIGN KEY(neighbourhood_id) REFERENCES taxonomy_term (id), 
	CONSTRAINT fk_service_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id), 
	CONSTRAINT fk_service_schedule_source_id_source_document FOREIGN KEY(schedule_source_id) REFERENCES source_document (id), 
	CONSTRAINT fk_service_service_area_id_taxonomy_term FOREIGN KEY(service_area_id) REFERENCES taxonomy_term (id), 
	CONSTRAINT uq_service_key UNIQUE ("key"), 
	CONSTRAINT uq_service_short_code UNIQUE (short_code)
);
INSERT INTO "service" VALUES(1,'pain','bbbb','service','existing',NULL,NULL,'published','public',0,'Pain','Pain nl',NULL,'{}','current','current',1,NULL,NULL,'Un bol chaud.','Een warme kom.',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{}','[]',NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'[]',NULL,6);
INSERT INTO "service" VALUES(2,'soupe','aaaa','service','existing',NULL,NULL,'published','public',0,'Soupe','Soupe nl',NULL,'{}','current','current',1,NULL,NULL,'Un bol chaud.','Een warme kom.',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{}','[]',NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'[]',NULL,6);
CREATE TABLE service_public (
	service_id INTEGER NOT NULL, 
	taxonomy_term_id INTEGER NOT NULL, 
	CONSTRAINT pk_service_public PRIMARY KEY (service_id, taxonomy_term_id), 
	CONSTRAINT fk_service_public_service_id_service FOREIGN KEY(service_id) REFERENCES service (id) ON DELETE CASCADE, 
	CONSTRAINT fk_service_public_taxonomy_term_id_taxonomy_term FOREIGN KEY(taxonomy_term_id) REFERENCES taxonomy_term (id)
);
INSERT INTO "service_public" VALUES(1,2);
INSERT INTO "service_public" VALUES(2,2);
CREATE TABLE site_fact (
	name VARCHAR(64) NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_site_fact PRIMARY KEY (name)
);
INSERT INTO "site_fact" VALUES('identity','2c97ba64983c6e41');
CREATE TABLE source_document (
	id INTEGER NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	title_fr TEXT, 
	title_nl TEXT, 
	publisher_fr TEXT, 
	publisher_nl TEXT, 
	date VARCHAR(10), 
	date_note_fr TEXT, 
	date_note_nl TEXT, 
	url VARCHAR(500), 
	CONSTRAINT pk_source_document PRIMARY KEY (id), 
	CONSTRAINT uq_source_document_key UNIQUE ("key")
);
INSERT INTO "source_document" VALUES(1,'notes',0,'own_site','Notes','Nota’s',NULL,NULL,'2026-10',NULL,NULL,NULL);
INSERT INTO "source_document" VALUES(2,'revue',1,'official','Revue',NULL,NULL,NULL,'2025',NULL,NULL,NULL);
CREATE TABLE taxonomy_term (
	id INTEGER NOT NULL, 
	taxonomy VARCHAR(32) NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	parent_id INTEGER, 
	position INTEGER NOT NULL, 
	slug_fr TEXT, 
	slug_nl TEXT, 
	name_fr TEXT, 
	name_nl TEXT, 
	hint_fr TEXT, 
	hint_nl TEXT, 
	description_fr TEXT, 
	description_nl TEXT, 
	icon VARCHAR(32), 
	first_row BOOLEAN NOT NULL, 
	sensitive BOOLEAN NOT NULL, 
	CONSTRAINT pk_taxonomy_term PRIMARY KEY (id), 
	CONSTRAINT fk_taxonomy_term_parent_id_taxonomy_term FOREIGN KEY(parent_id) REFERENCES taxonomy_term (id) ON DELETE CASCADE, 
	CONSTRAINT uq_taxonomy_term_taxonomy_key UNIQUE (taxonomy, "key"), 
	CONSTRAINT uq_taxonomy_term_taxonomy_slug_fr UNIQUE (taxonomy, slug_fr), 
	CONSTRAINT uq_taxonomy_term_taxonomy_slug_nl UNIQUE (taxonomy, slug_nl)
);
INSERT INTO "taxonomy_term" VALUES(1,'neighbourhoods','magritte',NULL,0,NULL,NULL,'Magritte','Magritte',NULL,NULL,NULL,NULL,NULL,0,0);
INSERT INTO "taxonomy_term" VALUES(2,'publics','seniors',NULL,1,NULL,NULL,'Aînés','Senioren',NULL,NULL,NULL,NULL,NULL,0,0);
INSERT INTO "taxonomy_term" VALUES(3,'needs','faim',NULL,0,'faim','honger','J’ai faim','Ik heb honger','Repas','Maaltijd',NULL,NULL,'bowl',0,0);
INSERT INTO "taxonomy_term" VALUES(4,'needs','repas',3,0,NULL,NULL,'Repas','Maaltijd',NULL,NULL,NULL,NULL,NULL,0,0);
INSERT INTO "taxonomy_term" VALUES(5,'needs','colis',3,1,NULL,NULL,'Colis','Pakket',NULL,NULL,NULL,NULL,NULL,0,0);
CREATE TABLE theme (
	id INTEGER NOT NULL, 
	plan_id INTEGER NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	number INTEGER NOT NULL, 
	name_fr TEXT, 
	name_nl TEXT, 
	name_translated VARCHAR(2), 
	finding_fr TEXT, 
	finding_nl TEXT, 
	objective_fr TEXT, 
	objective_nl TEXT, 
	CONSTRAINT pk_theme PRIMARY KEY (id), 
	CONSTRAINT fk_theme_plan_id_plan FOREIGN KEY(plan_id) REFERENCES "plan" (id) ON DELETE CASCADE, 
	CONSTRAINT uq_theme_plan_id_key UNIQUE (plan_id, "key")
);
INSERT INTO "theme" VALUES(1,1,'faim',1,'Faim','Honger',NULL,NULL,NULL,NULL,NULL);
CREATE TABLE urgent_number (
	id INTEGER NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	service_id INTEGER, 
	number VARCHAR(32), 
	name_fr TEXT, 
	name_nl TEXT, 
	purpose_fr TEXT, 
	purpose_nl TEXT, 
	short_fr TEXT, 
	short_nl TEXT, 
	block VARCHAR(16) NOT NULL, 
	always BOOLEAN NOT NULL, 
	schedules JSON NOT NULL, 
	answers_fr TEXT, 
	answers_nl TEXT, 
	languages JSON NOT NULL, 
	free BOOLEAN NOT NULL, 
	checked BOOLEAN NOT NULL, 
	CONSTRAINT pk_urgent_number PRIMARY KEY (id), 
	CONSTRAINT fk_urgent_number_service_id_service FOREIGN KEY(service_id) REFERENCES service (id) ON DELETE SET NULL, 
	CONSTRAINT uq_urgent_number_key UNIQUE ("key")
);
INSERT INTO "urgent_number" VALUES(1,'urgence',0,NULL,'112','Urgence','Nood','Ambulance','Ziekenwagen',NULL,NULL,'danger',1,'[]',NULL,NULL,'[]',0,0);
CREATE TABLE vocabulary (
	id INTEGER NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_vocabulary PRIMARY KEY (id), 
	CONSTRAINT uq_vocabulary_key UNIQUE ("key")
);
INSERT INTO "vocabulary" VALUES(1,'faim');
CREATE TABLE word_group (
	id INTEGER NOT NULL, 
	vocabulary_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	term_id INTEGER NOT NULL, 
	crisis_id INTEGER, 
	hidden BOOLEAN NOT NULL, 
	calm BOOLEAN NOT NULL, 
	fr JSON NOT NULL, 
	nl JSON NOT NULL, 
	other JSON NOT NULL, 
	CONSTRAINT pk_word_group PRIMARY KEY (id), 
	CONSTRAINT fk_word_group_crisis_id_crisis FOREIGN KEY(crisis_id) REFERENCES crisis (id) ON DELETE SET NULL, 
	CONSTRAINT fk_word_group_term_id_taxonomy_term FOREIGN KEY(term_id) REFERENCES taxonomy_term (id) ON DELETE CASCADE, 
	CONSTRAINT fk_word_group_vocabulary_id_vocabulary FOREIGN KEY(vocabulary_id) REFERENCES vocabulary (id) ON DELETE CASCADE
);
INSERT INTO "word_group" VALUES(1,1,0,3,NULL,0,0,'["rien \u00e0 manger"]','["niets te eten"]','[]');
CREATE INDEX ix_word_group_vocabulary_id ON word_group (vocabulary_id);
CREATE INDEX ix_attribute_service_id ON attribute (service_id);
CREATE INDEX ix_attribute_taxonomy_term_id ON attribute (taxonomy_term_id);
CREATE INDEX ix_closure_service_id ON closure (service_id);
CREATE INDEX ix_location_service_id ON location (service_id);
CREATE INDEX ix_phone_service_id ON phone (service_id);
CREATE INDEX ix_schedule_service_id ON schedule (service_id);
CREATE INDEX ix_theme_plan_id ON theme (plan_id);
CREATE INDEX ix_action_theme_id ON action (theme_id);
CREATE INDEX ix_objective_theme_id ON objective (theme_id);
CREATE INDEX ix_action_lineage_from_action_id ON action_lineage (from_action_id);
CREATE INDEX ix_action_lineage_to_action_id ON action_lineage (to_action_id);
CREATE INDEX ix_fulfilment_action_id ON fulfilment (action_id);
CREATE INDEX ix_fulfilment_service_id ON fulfilment (service_id);
CREATE INDEX ix_citation_fulfilment_id ON citation (fulfilment_id);
CREATE INDEX ix_citation_organization_id ON citation (organization_id);
CREATE INDEX ix_citation_service_id ON citation (service_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('search_change',10);
COMMIT;
