PRAGMA application_id = 1346981957;
PRAGMA user_version = 5;
BEGIN TRANSACTION;
CREATE TABLE capture_runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        source TEXT NOT NULL UNIQUE CHECK (source <> ''),
        ran_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', ran_at) IS ran_at),
        state TEXT NOT NULL
    ) STRICT;
CREATE TABLE captured (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind IN ('mail', 'event', 'card')),
        item_key TEXT NOT NULL CHECK (item_key <> ''),
        fate TEXT NOT NULL CHECK (fate IN
            ('touchpoint', 'meeting', 'next_step', 'queue', 'suggestion', 'ignored', 'gone', 'joined')),
        reason TEXT,
        chosen_by TEXT,
        happened_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', happened_at) IS happened_at),
        deal_id INTEGER REFERENCES deals (id),
        touchpoint_id INTEGER REFERENCES touchpoints (id),
        next_step_id INTEGER REFERENCES next_steps (id),
        joined INTEGER NOT NULL DEFAULT 0 CHECK (joined IN (0, 1)),
        direction TEXT CHECK (direction IN ('out', 'in')),
        automatic INTEGER NOT NULL DEFAULT 0 CHECK (automatic IN (0, 1)),
        people TEXT NOT NULL DEFAULT '[]' CHECK (substr(people, 1, 1) = '['),
        candidates TEXT NOT NULL DEFAULT '[]' CHECK (substr(candidates, 1, 1) = '['),
        subject TEXT,
        excerpt TEXT,
        address TEXT,
        name TEXT,
        answers TEXT CHECK (substr(answers, 1, 1) = '['),
        version TEXT,
        captured_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', captured_at) IS captured_at),
        UNIQUE (kind, item_key)
    ) STRICT;
CREATE TABLE confirmations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        stage TEXT NOT NULL,
        criterion TEXT NOT NULL,
        evidence TEXT,
        confirmed_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', confirmed_at) IS confirmed_at),
        revoked_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', revoked_at) IS revoked_at)
    ) STRICT;
INSERT INTO "confirmations" VALUES(1,4,'prospecting','problem','Ann said so','2026-04-06T12:00:00.000Z','2026-04-09T12:00:00.000Z');
CREATE TABLE contacts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        public_id TEXT NOT NULL UNIQUE,
        name TEXT,
        email TEXT,
        phone TEXT,
        organization TEXT,
        role TEXT,
        source TEXT,
        opted_out INTEGER NOT NULL DEFAULT 0 CHECK (opted_out IN (0, 1)),
        created_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', created_at) IS created_at),
        forgotten_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', forgotten_at) IS forgotten_at)
    , addresses TEXT CHECK (substr(addresses, 1, 1) = '['), formerly TEXT CHECK (substr(formerly, 1, 1) = '[')) STRICT;
INSERT INTO "contacts" VALUES(1,'fee1183840b5f8ad',NULL,'dora@delta.example',NULL,'Delta GmbH',NULL,NULL,0,'2026-03-01T00:00:00.000Z',NULL,NULL,NULL);
INSERT INTO "contacts" VALUES(2,'3089db875d601600',NULL,'zoe@zeta.example',NULL,'Zeta KG',NULL,NULL,0,'2026-01-15T00:00:00.000Z',NULL,NULL,NULL);
INSERT INTO "contacts" VALUES(3,'3d0170acb48b3815','forgotten contact',NULL,NULL,NULL,NULL,NULL,0,'2026-04-01T12:00:00.000Z','2026-04-01T12:00:00.000Z',NULL,NULL);
INSERT INTO "contacts" VALUES(4,'33564ae7aafa80f0','Ann Lee','ann@acme.example','+49 30 1234567','Acme',NULL,NULL,0,'2026-04-02T12:00:00.000Z',NULL,NULL,NULL);
INSERT INTO "contacts" VALUES(5,'2ec4cf722ad3bbfa','Bob','bob@beta.example',NULL,'Beta',NULL,NULL,0,'2026-04-03T12:00:00.000Z',NULL,NULL,NULL);
INSERT INTO "contacts" VALUES(6,'760fd79abb3dda0f','Gus','gus@gamma.example',NULL,'Gamma',NULL,NULL,1,'2026-04-04T12:00:00.000Z',NULL,NULL,NULL);
INSERT INTO "contacts" VALUES(7,'9f3b7b901ca71d15','Dana Roe','dana@acme.example',NULL,NULL,'head of buying',NULL,0,'2026-04-14T12:00:00.000Z',NULL,NULL,NULL);
CREATE TABLE deal_contacts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        contact_id INTEGER NOT NULL REFERENCES contacts (id),
        linked_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', linked_at) IS linked_at), role TEXT CHECK (role <> ''),
        UNIQUE (deal_id, contact_id)
    ) STRICT;
INSERT INTO "deal_contacts" VALUES(1,1,1,'2026-03-01T00:00:00.000Z',NULL);
INSERT INTO "deal_contacts" VALUES(2,3,2,'2026-01-15T00:00:00.000Z',NULL);
INSERT INTO "deal_contacts" VALUES(3,4,4,'2026-04-02T12:00:00.000Z',NULL);
INSERT INTO "deal_contacts" VALUES(4,5,5,'2026-04-03T12:00:00.000Z',NULL);
INSERT INTO "deal_contacts" VALUES(5,7,6,'2026-04-04T12:00:00.000Z',NULL);
INSERT INTO "deal_contacts" VALUES(6,4,7,'2026-04-14T12:00:00.000Z',NULL);
CREATE TABLE deals (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        public_id TEXT NOT NULL UNIQUE,
        external_id TEXT,
        title TEXT NOT NULL CHECK (title <> ''),
        organization TEXT,
        pipeline TEXT NOT NULL,
        stage TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('open', 'won', 'lost', 'disqualified')),
        value_cents INTEGER CHECK (value_cents BETWEEN 0 AND 1000000000000000),
        currency TEXT NOT NULL,
        probability REAL CHECK (probability BETWEEN 0 AND 1),
        category TEXT CHECK (category IN ('omitted', 'pipeline', 'best_case', 'commit')),
        source TEXT,
        owner TEXT,
        cost_cents INTEGER CHECK (cost_cents BETWEEN 0 AND 1000000000000000),
        created_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', created_at) IS created_at),
        created_inferred INTEGER NOT NULL DEFAULT 0 CHECK (created_inferred IN (0, 1)),
        expected_close TEXT CHECK (date(expected_close, '+0 days') IS expected_close),
        closed_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', closed_at) IS closed_at),
        lost_reason TEXT,
        snoozed_until TEXT CHECK (date(snoozed_until, '+0 days') IS snoozed_until),
        fields TEXT NOT NULL DEFAULT '{}', from_deal_id INTEGER REFERENCES deals (id), snooze_reason TEXT, tags TEXT CHECK (tags <> ''), links TEXT CHECK (links <> ''),
        CHECK ((status = 'open') = (closed_at IS NULL))
    ) STRICT;
INSERT INTO "deals" VALUES(1,'53ba7c6701ea0b1c','x-1','Import: audit, small','Delta GmbH','services','qualification','open',120050,'EUR',NULL,NULL,NULL,NULL,NULL,'2026-03-01T00:00:00.000Z',0,NULL,NULL,NULL,NULL,'{"Favourite Colour": "green"}',NULL,NULL,NULL,NULL);
INSERT INTO "deals" VALUES(2,'fd04fd86466d9433','x-2','Import: training','Epsilon AG','services','prospecting','won',80000,'EUR',NULL,NULL,NULL,NULL,NULL,'2026-01-10T00:00:00.000Z',0,NULL,'2026-02-20T09:00:00.000Z',NULL,NULL,'{}',NULL,NULL,NULL,NULL);
INSERT INTO "deals" VALUES(3,'14cb50e2199bf40b','x-3','Import: coaching','Zeta KG','services','prospecting','lost',95000,'EUR',NULL,NULL,NULL,NULL,NULL,'2026-01-15T00:00:00.000Z',0,NULL,'2026-06-14T12:00:00.000Z','price',NULL,'{"Favourite Colour": "blue"}',NULL,NULL,NULL,NULL);
INSERT INTO "deals" VALUES(4,'a131d1ff992321f7',NULL,'Acme: workshop','Acme','services','qualification','won',1450000,'EUR',0.613,'commit','referral','Nora',12000,'2026-04-02T12:00:00.000Z',0,'2026-08-31','2026-06-11T12:00:00.000Z',NULL,NULL,'{"region": "north"}',2,NULL,'event vip','https://acme.example/offer');
INSERT INTO "deals" VALUES(5,'60e7f6eda7697b20',NULL,'Beta: analysis [/red]','Beta','services','prospecting','open',500000,'EUR',NULL,NULL,NULL,NULL,NULL,'2026-04-03T12:00:00.000Z',0,NULL,NULL,NULL,'2026-06-01','{}',NULL,'holidays',NULL,NULL);
INSERT INTO "deals" VALUES(7,'e6db42f83e4a9447',NULL,'Gamma: silent','Gamma','services','prospecting','lost',70000,'EUR',NULL,NULL,NULL,NULL,NULL,'2026-04-04T12:00:00.000Z',0,NULL,'2026-05-30T12:00:00.000Z','no_response',NULL,'{}',NULL,NULL,NULL,NULL);
INSERT INTO "deals" VALUES(8,'2cf95db4e8c42954',NULL,'Eta: never ours','Eta','services','prospecting','disqualified',30000,'EUR',NULL,NULL,NULL,NULL,NULL,'2026-04-04T12:00:00.000Z',0,NULL,'2026-04-13T12:00:00.000Z','a student',NULL,'{}',NULL,NULL,NULL,NULL);
CREATE TABLE field_changes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        field TEXT NOT NULL,
        old_value ANY,
        new_value ANY,
        changed_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', changed_at) IS changed_at)
    ) STRICT;
INSERT INTO "field_changes" VALUES(1,4,'expected_close','2026-07-31','2026-08-31','2026-04-08T12:00:00.000Z');
INSERT INTO "field_changes" VALUES(2,4,'probability',NULL,0.613,'2026-04-08T12:00:00.000Z');
INSERT INTO "field_changes" VALUES(3,4,'category',NULL,'commit','2026-04-08T12:00:00.000Z');
INSERT INTO "field_changes" VALUES(4,4,'value_cents',1200000,1500000,'2026-04-08T12:00:00.000Z');
INSERT INTO "field_changes" VALUES(5,5,'snoozed_until',NULL,'2026-06-01','2026-04-12T12:00:00.000Z');
INSERT INTO "field_changes" VALUES(6,5,'snooze_reason',NULL,'holidays','2026-04-12T12:00:00.000Z');
INSERT INTO "field_changes" VALUES(7,4,'tags',NULL,'event vip','2026-05-21T12:00:00.000Z');
INSERT INTO "field_changes" VALUES(8,4,'links',NULL,'https://acme.example/offer','2026-05-21T12:00:00.000Z');
INSERT INTO "field_changes" VALUES(9,4,'value_cents',1500000,1450000,'2026-06-11T12:00:00.000Z');
CREATE TABLE follow_ups (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        kind TEXT NOT NULL CHECK (kind IN ('renewal', 'check_in')),
        due TEXT NOT NULL CHECK (date(due, '+0 days') IS due),
        set_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', set_at) IS set_at),
        closed_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', closed_at) IS closed_at),
        done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1))
    ) STRICT;
INSERT INTO "follow_ups" VALUES(1,2,'renewal','2027-06-11','2026-06-11T12:00:00.000Z',NULL,0);
INSERT INTO "follow_ups" VALUES(2,2,'check_in','2026-09-11','2026-06-11T12:00:00.000Z','2026-06-12T12:00:00.000Z',1);
CREATE TABLE ignored_senders (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        address TEXT NOT NULL UNIQUE CHECK (address <> ''),
        ignored_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', ignored_at) IS ignored_at)
    ) STRICT;
CREATE TABLE import_keys (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        source_name TEXT NOT NULL,
        external_key TEXT NOT NULL,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        digest TEXT NOT NULL,
        UNIQUE (source_name, external_key)
    ) STRICT;
INSERT INTO "import_keys" VALUES(1,'crm','x-1',1,'8f4b194e3f767be5');
INSERT INTO "import_keys" VALUES(2,'crm','x-2',2,'f0d0d5b2e82d48a9');
INSERT INTO "import_keys" VALUES(3,'crm','x-3',3,'b5cc2a100b4a659b');
CREATE TABLE kept_forecasts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        made_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', made_at) IS made_at),
        made_on TEXT NOT NULL CHECK (date(made_on, '+0 days') IS made_on),
        pipelines TEXT NOT NULL,
        method TEXT NOT NULL,
        horizon_days INTEGER NOT NULL CHECK (horizon_days > 0),
        until TEXT NOT NULL CHECK (date(until, '+0 days') IS until),
        currency TEXT NOT NULL,
        content TEXT NOT NULL CHECK (content <> '')
    ) STRICT;
INSERT INTO "kept_forecasts" VALUES(1,'2026-04-16T12:00:00.000Z','2026-04-16','services','timed',30,'2026-05-16','EUR','{"open_deals": 4, "open_value_cents": 2190050, "expected_cents": 18980, "expected_wins": 0.04825428495244896, "p10": 0, "p50": 0, "p90": 0, "stage_weighted_cents": 1056300, "configured_cents": 966008, "periods": [{"period": "2026-04", "won": 0, "commit": 0, "best_case": 0, "expected": 0, "p10": 0, "p50": 0, "p90": 0, "quota": 2000000, "chance": 0.0}, {"period": "2026-05", "won": 0, "commit": 0, "best_case": 0, "expected": 0, "p10": 0, "p50": 0, "p90": 0, "quota": 2000000, "chance": 0.0}, {"period": "2026-06", "won": 0, "commit": 0, "best_case": 0, "expected": 0, "p10": 0, "p50": 0, "p90": 0, "quota": 2000000, "chance": 0.0}, {"period": "2026-07", "won": 0, "commit": 0, "best_case": 0, "expected": 0, "p10": 0, "p50": 0, "p90": 0, "quota": 2000000, "chance": 0.0}, {"period": "2026-08", "won": 0, "commit": 1500000, "best_case": 0, "expected": 919500, "p10": 0, "p50": 1500000, "p90": 1500000, "quota": 2000000, "chance": 0.0}], "deals": [[1, 0.00101708932957685], [4, 0.004307397023980651], [5, 0.021841613070518993], [7, 0.02108818552837247]]}');
CREATE TABLE last_chances (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        given_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', given_at) IS given_at),
        deadline TEXT NOT NULL CHECK (date(deadline, '+0 days') IS deadline)
    , ended_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', ended_at) IS ended_at), ended_by TEXT) STRICT;
INSERT INTO "last_chances" VALUES(1,4,'2026-05-30T12:00:00.000Z','2026-06-06','2026-06-11T12:00:00.000Z','value');
INSERT INTO "last_chances" VALUES(2,1,'2026-05-30T12:00:00.000Z','2026-06-06',NULL,NULL);
CREATE TABLE moves (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        from_stage TEXT,
        to_stage TEXT NOT NULL,
        moved_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', moved_at) IS moved_at),
        reason TEXT,
        forced INTEGER NOT NULL DEFAULT 0 CHECK (forced IN (0, 1)),
        inferred INTEGER NOT NULL DEFAULT 0 CHECK (inferred IN (0, 1)),
        criteria_missing TEXT
    , criteria_met TEXT, mistake INTEGER NOT NULL DEFAULT 0 CHECK (mistake IN (0, 1)), pipeline TEXT) STRICT;
INSERT INTO "moves" VALUES(1,1,NULL,'prospecting','2026-03-01T00:00:00.000Z',NULL,0,0,NULL,NULL,0,NULL);
INSERT INTO "moves" VALUES(2,1,'prospecting','qualification','2026-03-10T09:00:00.000Z',NULL,0,0,NULL,NULL,0,NULL);
INSERT INTO "moves" VALUES(3,2,NULL,'prospecting','2026-01-10T00:00:00.000Z',NULL,0,0,NULL,NULL,0,NULL);
INSERT INTO "moves" VALUES(4,2,'prospecting','won','2026-02-20T09:00:00.000Z',NULL,0,0,NULL,NULL,0,NULL);
INSERT INTO "moves" VALUES(5,3,NULL,'prospecting','2026-01-15T00:00:00.000Z',NULL,0,0,NULL,NULL,0,NULL);
INSERT INTO "moves" VALUES(6,3,'prospecting','lost','2026-03-20T09:00:00.000Z','price',0,0,NULL,NULL,0,NULL);
INSERT INTO "moves" VALUES(7,4,NULL,'prospecting','2026-04-02T12:00:00.000Z',NULL,0,0,NULL,NULL,0,NULL);
INSERT INTO "moves" VALUES(8,5,NULL,'prospecting','2026-04-03T12:00:00.000Z',NULL,0,0,NULL,NULL,0,NULL);
INSERT INTO "moves" VALUES(9,5,'prospecting','prospecting','2026-04-03T12:00:00.000Z',NULL,0,0,NULL,NULL,0,NULL);
INSERT INTO "moves" VALUES(10,7,NULL,'prospecting','2026-04-04T12:00:00.000Z',NULL,0,0,NULL,NULL,0,NULL);
INSERT INTO "moves" VALUES(11,8,NULL,'prospecting','2026-04-04T12:00:00.000Z',NULL,0,0,NULL,NULL,0,NULL);
INSERT INTO "moves" VALUES(12,4,'prospecting','qualification','2026-04-06T12:00:00.000Z',NULL,0,0,NULL,'[{"stage": "prospecting", "id": "reachable", "text": "We have an e-mail address or a phone number", "evidence": "Ann Lee <ann@acme.example>", "on": "2026-04-06"}, {"stage": "prospecting", "id": "spoken", "text": "We have spoken with someone there in the last 60 days", "evidence": "call on 2026-04-05", "on": "2026-04-05"}, {"stage": "prospecting", "id": "problem", "text": "They told us the problem in their own words", "evidence": "Ann said so", "on": "2026-04-06"}]',0,NULL);
INSERT INTO "moves" VALUES(13,4,'qualification','prospecting','2026-04-11T12:00:00.000Z','budget is gone',0,0,NULL,NULL,0,NULL);
INSERT INTO "moves" VALUES(14,4,'prospecting','qualification','2026-04-11T12:00:00.000Z','it is back',1,0,'prospecting.problem','[{"stage": "prospecting", "id": "reachable", "text": "We have an e-mail address or a phone number", "evidence": "Ann Lee <ann@acme.example>", "on": "2026-04-11"}, {"stage": "prospecting", "id": "spoken", "text": "We have spoken with someone there in the last 60 days", "evidence": "call on 2026-04-05", "on": "2026-04-05"}]',0,NULL);
INSERT INTO "moves" VALUES(15,8,'prospecting','disqualified','2026-04-13T12:00:00.000Z','a student',0,0,NULL,NULL,0,NULL);
INSERT INTO "moves" VALUES(16,7,'prospecting','lost','2026-05-30T12:00:00.000Z','no_response',0,0,NULL,NULL,0,NULL);
INSERT INTO "moves" VALUES(18,4,'qualification','won','2026-06-11T12:00:00.000Z',NULL,0,0,NULL,'[{"stage": "qualification", "id": "value", "text": "The deal has a value worth a proposal", "evidence": "15,000 EUR", "on": "2026-06-11"}]',0,NULL);
INSERT INTO "moves" VALUES(19,3,'lost','prospecting','2026-06-13T12:00:00.000Z','reopened',0,0,NULL,NULL,0,NULL);
INSERT INTO "moves" VALUES(20,3,'prospecting','lost','2026-06-14T12:00:00.000Z','price',0,0,NULL,NULL,0,NULL);
INSERT INTO "moves" VALUES(22,2,'prospecting','proposal','2026-02-01T12:00:00.000Z',NULL,0,0,NULL,NULL,1,NULL);
CREATE TABLE next_steps (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        text TEXT NOT NULL,
        due TEXT NOT NULL CHECK (date(due, '+0 days') IS due),
        set_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', set_at) IS set_at),
        closed_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', closed_at) IS closed_at),
        done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1))
    , due_time TEXT CHECK (due_time GLOB '[0-2][0-9]:[0-5][0-9]' AND due_time < '24'), minutes INTEGER CHECK (minutes > 0), remind_minutes INTEGER CHECK (remind_minutes >= 0)) STRICT;
INSERT INTO "next_steps" VALUES(1,4,'Send the offer','2026-04-12','2026-04-05T12:00:00.000Z','2026-04-07T12:00:00.000Z',1,NULL,NULL,NULL);
INSERT INTO "next_steps" VALUES(2,4,'Ask again','2026-08-25','2026-05-20T12:00:00.000Z','2026-06-11T12:00:00.000Z',0,NULL,NULL,NULL);
INSERT INTO "next_steps" VALUES(3,4,'Demo','2026-08-24','2026-05-20T12:00:00.000Z','2026-06-11T12:00:00.000Z',0,'14:30',45,15);
CREATE TABLE notes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        text TEXT NOT NULL,
        noted_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', noted_at) IS noted_at)
    ) STRICT;
INSERT INTO "notes" VALUES(1,4,'Prefers mail; line one
line two','2026-04-05T12:00:00.000Z');
INSERT INTO "notes" VALUES(2,5,'Merged from deal 6, Beta: analysis again; value 5,500.00 EUR.','2026-04-10T12:00:00.000Z');
INSERT INTO "notes" VALUES(3,5,'snoozed until 2026-06-01: holidays','2026-04-12T12:00:00.000Z');
INSERT INTO "notes" VALUES(4,3,'too dear','2026-06-14T12:00:00.000Z');
CREATE TABLE operation_deals (
        operation_id INTEGER NOT NULL REFERENCES operations (id),
        first_deal INTEGER NOT NULL,
        last_deal INTEGER NOT NULL
    ) STRICT;
INSERT INTO "operation_deals" VALUES(1,1,3);
INSERT INTO "operation_deals" VALUES(4,4,4);
INSERT INTO "operation_deals" VALUES(5,5,5);
INSERT INTO "operation_deals" VALUES(6,6,6);
INSERT INTO "operation_deals" VALUES(7,7,7);
INSERT INTO "operation_deals" VALUES(8,8,8);
INSERT INTO "operation_deals" VALUES(9,4,4);
INSERT INTO "operation_deals" VALUES(10,4,4);
INSERT INTO "operation_deals" VALUES(11,4,4);
INSERT INTO "operation_deals" VALUES(12,4,4);
INSERT INTO "operation_deals" VALUES(13,4,4);
INSERT INTO "operation_deals" VALUES(14,4,4);
INSERT INTO "operation_deals" VALUES(15,4,4);
INSERT INTO "operation_deals" VALUES(16,4,4);
INSERT INTO "operation_deals" VALUES(17,6,6);
INSERT INTO "operation_deals" VALUES(17,5,5);
INSERT INTO "operation_deals" VALUES(18,4,4);
INSERT INTO "operation_deals" VALUES(19,4,4);
INSERT INTO "operation_deals" VALUES(20,5,5);
INSERT INTO "operation_deals" VALUES(21,8,8);
INSERT INTO "operation_deals" VALUES(23,4,4);
INSERT INTO "operation_deals" VALUES(26,4,4);
INSERT INTO "operation_deals" VALUES(27,4,4);
INSERT INTO "operation_deals" VALUES(28,4,4);
INSERT INTO "operation_deals" VALUES(29,4,4);
INSERT INTO "operation_deals" VALUES(29,1,1);
INSERT INTO "operation_deals" VALUES(29,7,7);
INSERT INTO "operation_deals" VALUES(30,9,9);
INSERT INTO "operation_deals" VALUES(31,4,4);
INSERT INTO "operation_deals" VALUES(32,3,3);
INSERT INTO "operation_deals" VALUES(33,3,3);
INSERT INTO "operation_deals" VALUES(34,10,10);
INSERT INTO "operation_deals" VALUES(35,4,4);
INSERT INTO "operation_deals" VALUES(36,1,1);
INSERT INTO "operation_deals" VALUES(36,4,4);
INSERT INTO "operation_deals" VALUES(37,4,4);
CREATE TABLE operation_rows (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        operation_id INTEGER NOT NULL REFERENCES operations (id),
        table_name TEXT NOT NULL,
        first_row INTEGER NOT NULL,
        last_row INTEGER NOT NULL,
        before TEXT,
        after TEXT
    ) STRICT;
INSERT INTO "operation_rows" VALUES(1,1,'deals',1,3,NULL,NULL);
INSERT INTO "operation_rows" VALUES(2,1,'import_keys',1,3,NULL,NULL);
INSERT INTO "operation_rows" VALUES(3,1,'contacts',1,2,NULL,NULL);
INSERT INTO "operation_rows" VALUES(4,1,'deal_contacts',1,2,NULL,NULL);
INSERT INTO "operation_rows" VALUES(5,1,'moves',1,6,NULL,NULL);
INSERT INTO "operation_rows" VALUES(6,1,'touchpoints',1,2,NULL,NULL);
INSERT INTO "operation_rows" VALUES(7,2,'contacts',3,3,NULL,NULL);
INSERT INTO "operation_rows" VALUES(8,4,'deals',4,4,NULL,NULL);
INSERT INTO "operation_rows" VALUES(9,4,'moves',7,7,NULL,NULL);
INSERT INTO "operation_rows" VALUES(10,4,'contacts',4,4,NULL,NULL);
INSERT INTO "operation_rows" VALUES(11,4,'deal_contacts',3,3,NULL,NULL);
INSERT INTO "operation_rows" VALUES(12,5,'deals',5,5,NULL,NULL);
INSERT INTO "operation_rows" VALUES(13,5,'moves',8,8,NULL,NULL);
INSERT INTO "operation_rows" VALUES(14,5,'contacts',5,5,NULL,NULL);
INSERT INTO "operation_rows" VALUES(15,5,'deal_contacts',4,4,NULL,NULL);
INSERT INTO "operation_rows" VALUES(16,6,'deals',6,6,NULL,NULL);
INSERT INTO "operation_rows" VALUES(17,6,'moves',9,9,NULL,NULL);
INSERT INTO "operation_rows" VALUES(18,7,'deals',7,7,NULL,NULL);
INSERT INTO "operation_rows" VALUES(19,7,'moves',10,10,NULL,NULL);
INSERT INTO "operation_rows" VALUES(20,7,'contacts',6,6,NULL,NULL);
INSERT INTO "operation_rows" VALUES(21,7,'deal_contacts',5,5,NULL,NULL);
INSERT INTO "operation_rows" VALUES(22,8,'deals',8,8,NULL,NULL);
INSERT INTO "operation_rows" VALUES(23,8,'moves',11,11,NULL,NULL);
INSERT INTO "operation_rows" VALUES(24,9,'touchpoints',3,3,NULL,NULL);
INSERT INTO "operation_rows" VALUES(25,9,'next_steps',1,1,NULL,NULL);
INSERT INTO "operation_rows" VALUES(26,10,'notes',1,1,NULL,NULL);
INSERT INTO "operation_rows" VALUES(27,11,'confirmations',1,1,NULL,NULL);
INSERT INTO "operation_rows" VALUES(28,12,'qualification_answers',1,1,NULL,NULL);
INSERT INTO "operation_rows" VALUES(29,12,'qualification_answers',2,2,NULL,NULL);
INSERT INTO "operation_rows" VALUES(30,13,'moves',12,12,NULL,NULL);
INSERT INTO "operation_rows" VALUES(31,13,'deals',4,4,'{"stage": "prospecting"}','{"stage": "qualification"}');
INSERT INTO "operation_rows" VALUES(32,14,'next_steps',1,1,'{"closed_at": null, "done": 0}','{"closed_at": "2026-04-07T12:00:00.000Z", "done": 1}');
INSERT INTO "operation_rows" VALUES(33,15,'deals',4,4,'{"expected_close": "2026-07-31", "probability": null, "category": null, "value_cents": 1200000}','{"expected_close": "2026-08-31", "probability": 0.613, "category": "commit", "value_cents": 1500000}');
INSERT INTO "operation_rows" VALUES(34,15,'field_changes',1,1,NULL,NULL);
INSERT INTO "operation_rows" VALUES(35,15,'field_changes',2,2,NULL,NULL);
INSERT INTO "operation_rows" VALUES(36,15,'field_changes',3,3,NULL,NULL);
INSERT INTO "operation_rows" VALUES(37,15,'field_changes',4,4,NULL,NULL);
INSERT INTO "operation_rows" VALUES(38,16,'confirmations',1,1,'{"revoked_at": null}','{"revoked_at": "2026-04-09T12:00:00.000Z"}');
INSERT INTO "operation_rows" VALUES(39,17,'moves',9,9,'{"deal_id": 6, "from_stage": null}','{"deal_id": 5, "from_stage": "prospecting"}');
INSERT INTO "operation_rows" VALUES(40,17,'deals',6,6,'{"id": 6, "public_id": "8366f875dc188b1f", "external_id": null, "title": "Beta: analysis again", "organization": "Beta", "pipeline": "services", "stage": "prospecting", "status": "open", "value_cents": 550000, "currency": "EUR", "probability": null, "category": null, "source": null, "owner": null, "cost_cents": null, "created_at": "2026-04-03T12:00:00.000Z", "created_inferred": 0, "expected_close": null, "closed_at": null, "lost_reason": null, "snoozed_until": null, "fields": "{}", "from_deal_id": null, "snooze_reason": null, "tags": null, "links": null}',NULL);
INSERT INTO "operation_rows" VALUES(41,17,'notes',2,2,NULL,NULL);
INSERT INTO "operation_rows" VALUES(42,18,'moves',13,13,NULL,NULL);
INSERT INTO "operation_rows" VALUES(43,18,'deals',4,4,'{"stage": "qualification"}','{"stage": "prospecting"}');
INSERT INTO "operation_rows" VALUES(44,19,'moves',14,14,NULL,NULL);
INSERT INTO "operation_rows" VALUES(45,19,'deals',4,4,'{"stage": "prospecting"}','{"stage": "qualification"}');
INSERT INTO "operation_rows" VALUES(46,20,'deals',5,5,'{"snoozed_until": null, "snooze_reason": null}','{"snoozed_until": "2026-06-01", "snooze_reason": "holidays"}');
INSERT INTO "operation_rows" VALUES(47,20,'field_changes',5,5,NULL,NULL);
INSERT INTO "operation_rows" VALUES(48,20,'field_changes',6,6,NULL,NULL);
INSERT INTO "operation_rows" VALUES(49,20,'notes',3,3,NULL,NULL);
INSERT INTO "operation_rows" VALUES(50,21,'moves',15,15,NULL,NULL);
INSERT INTO "operation_rows" VALUES(51,21,'deals',8,8,'{"status": "open", "closed_at": null, "lost_reason": null}','{"status": "disqualified", "closed_at": "2026-04-13T12:00:00.000Z", "lost_reason": "a student"}');
INSERT INTO "operation_rows" VALUES(52,22,'contacts',6,6,'{"opted_out": 0}','{"opted_out": 1}');
INSERT INTO "operation_rows" VALUES(53,22,'suppressed',1,1,NULL,NULL);
INSERT INTO "operation_rows" VALUES(54,23,'contacts',7,7,NULL,NULL);
INSERT INTO "operation_rows" VALUES(55,23,'deal_contacts',6,6,NULL,NULL);
INSERT INTO "operation_rows" VALUES(56,24,'contacts',7,7,'{"role": "buyer"}','{"role": "head of buying"}');
INSERT INTO "operation_rows" VALUES(57,25,'kept_forecasts',1,1,NULL,NULL);
INSERT INTO "operation_rows" VALUES(58,26,'next_steps',2,2,NULL,NULL);
INSERT INTO "operation_rows" VALUES(59,27,'next_steps',3,3,NULL,NULL);
INSERT INTO "operation_rows" VALUES(60,28,'deals',4,4,'{"tags": null, "links": null}','{"tags": "event vip", "links": "https://acme.example/offer"}');
INSERT INTO "operation_rows" VALUES(61,28,'field_changes',7,7,NULL,NULL);
INSERT INTO "operation_rows" VALUES(62,28,'field_changes',8,8,NULL,NULL);
INSERT INTO "operation_rows" VALUES(63,29,'last_chances',1,1,NULL,NULL);
INSERT INTO "operation_rows" VALUES(64,29,'last_chances',2,2,NULL,NULL);
INSERT INTO "operation_rows" VALUES(65,29,'moves',16,16,NULL,NULL);
INSERT INTO "operation_rows" VALUES(66,29,'deals',7,7,'{"status": "open", "closed_at": null, "lost_reason": null}','{"status": "lost", "closed_at": "2026-05-30T12:00:00.000Z", "lost_reason": "no_response"}');
INSERT INTO "operation_rows" VALUES(67,30,'deals',9,9,NULL,NULL);
INSERT INTO "operation_rows" VALUES(68,30,'moves',17,17,NULL,NULL);
INSERT INTO "operation_rows" VALUES(69,30,'operations',30,30,'{"state": "done"}','{"state": "undone"}');
INSERT INTO "operation_rows" VALUES(70,31,'deals',4,4,'{"value_cents": 1500000}','{"value_cents": 1450000}');
INSERT INTO "operation_rows" VALUES(71,31,'field_changes',9,9,NULL,NULL);
INSERT INTO "operation_rows" VALUES(72,31,'last_chances',1,1,'{"ended_at": null, "ended_by": null}','{"ended_at": "2026-06-11T12:00:00.000Z", "ended_by": "value"}');
INSERT INTO "operation_rows" VALUES(73,31,'moves',18,18,NULL,NULL);
INSERT INTO "operation_rows" VALUES(74,31,'deals',4,4,'{"status": "open", "closed_at": null}','{"status": "won", "closed_at": "2026-06-11T12:00:00.000Z"}');
INSERT INTO "operation_rows" VALUES(75,31,'next_steps',2,2,'{"closed_at": null}','{"closed_at": "2026-06-11T12:00:00.000Z"}');
INSERT INTO "operation_rows" VALUES(76,31,'next_steps',3,3,'{"closed_at": null}','{"closed_at": "2026-06-11T12:00:00.000Z"}');
INSERT INTO "operation_rows" VALUES(77,32,'moves',19,19,NULL,NULL);
INSERT INTO "operation_rows" VALUES(78,32,'deals',3,3,'{"status": "lost", "closed_at": "2026-03-20T09:00:00.000Z", "lost_reason": "price"}','{"status": "open", "closed_at": null, "lost_reason": null}');
INSERT INTO "operation_rows" VALUES(79,33,'moves',20,20,NULL,NULL);
INSERT INTO "operation_rows" VALUES(80,33,'deals',3,3,'{"status": "open", "closed_at": null, "lost_reason": null}','{"status": "lost", "closed_at": "2026-06-14T12:00:00.000Z", "lost_reason": "price"}');
INSERT INTO "operation_rows" VALUES(81,33,'notes',4,4,NULL,NULL);
INSERT INTO "operation_rows" VALUES(82,34,'deals',10,10,NULL,NULL);
INSERT INTO "operation_rows" VALUES(83,34,'moves',21,21,NULL,NULL);
INSERT INTO "operation_rows" VALUES(84,34,'contacts',8,8,NULL,NULL);
INSERT INTO "operation_rows" VALUES(85,34,'deal_contacts',7,7,NULL,NULL);
INSERT INTO "operation_rows" VALUES(86,35,'deals',4,4,'{"organization": "Acme"}','{"organization": "Acme Europe"}');
INSERT INTO "operation_rows" VALUES(87,35,'field_changes',10,10,NULL,NULL);
INSERT INTO "operation_rows" VALUES(88,36,'touchpoints',1,1,'{"deal_id": 1}','{"deal_id": 4}');
INSERT INTO "operation_rows" VALUES(89,36,'last_chances',2,2,'{"deal_id": 1}','{"deal_id": 4}');
INSERT INTO "operation_rows" VALUES(90,36,'import_keys',1,1,'{"deal_id": 1}','{"deal_id": 4}');
INSERT INTO "operation_rows" VALUES(91,36,'deal_contacts',1,1,'{"id": 1, "deal_id": 1, "contact_id": 1, "linked_at": "2026-03-01T00:00:00.000Z", "role": null}',NULL);
INSERT INTO "operation_rows" VALUES(92,36,'deal_contacts',8,8,NULL,NULL);
INSERT INTO "operation_rows" VALUES(93,36,'moves',1,1,'{"deal_id": 1}','{"deal_id": 4}');
INSERT INTO "operation_rows" VALUES(94,36,'moves',2,2,'{"deal_id": 1}','{"deal_id": 4}');
INSERT INTO "operation_rows" VALUES(95,36,'moves',7,7,'{"from_stage": null, "to_stage": "prospecting"}','{"from_stage": "qualification", "to_stage": "qualification"}');
INSERT INTO "operation_rows" VALUES(96,36,'moves',12,12,'{"from_stage": "prospecting"}','{"from_stage": "qualification"}');
INSERT INTO "operation_rows" VALUES(97,36,'deals',4,4,'{"external_id": null, "fields": "{\"region\": \"north\"}"}','{"external_id": "x-1", "fields": "{\"Favourite Colour\": \"green\", \"region\": \"north\"}"}');
INSERT INTO "operation_rows" VALUES(98,36,'field_changes',11,11,NULL,NULL);
INSERT INTO "operation_rows" VALUES(99,36,'field_changes',12,12,NULL,NULL);
INSERT INTO "operation_rows" VALUES(100,36,'deals',1,1,'{"id": 1, "public_id": "53ba7c6701ea0b1c", "external_id": "x-1", "title": "Import: audit, small", "organization": "Delta GmbH", "pipeline": "services", "stage": "qualification", "status": "open", "value_cents": 120050, "currency": "EUR", "probability": null, "category": null, "source": null, "owner": null, "cost_cents": null, "created_at": "2026-03-01T00:00:00.000Z", "created_inferred": 0, "expected_close": null, "closed_at": null, "lost_reason": null, "snoozed_until": null, "fields": "{\"Favourite Colour\": \"green\"}", "from_deal_id": null, "snooze_reason": null, "tags": null, "links": null}',NULL);
INSERT INTO "operation_rows" VALUES(101,36,'deals',4,4,'{"created_at": "2026-04-02T12:00:00.000Z"}','{"created_at": "2026-03-01T00:00:00.000Z"}');
INSERT INTO "operation_rows" VALUES(102,36,'last_chances',2,2,'{"ended_at": null, "ended_by": null}','{"ended_at": "2026-06-17T12:00:00.000Z", "ended_by": "closed"}');
INSERT INTO "operation_rows" VALUES(103,36,'notes',5,5,NULL,NULL);
INSERT INTO "operation_rows" VALUES(104,37,'notes',6,6,NULL,NULL);
INSERT INTO "operation_rows" VALUES(105,37,'operations',37,37,'{"state": "done"}','{"state": "undone"}');
INSERT INTO "operation_rows" VALUES(106,36,'operations',36,36,'{"state": "done"}','{"state": "undone"}');
INSERT INTO "operation_rows" VALUES(107,35,'operations',35,35,'{"state": "done"}','{"state": "undone"}');
INSERT INTO "operation_rows" VALUES(108,34,'operations',34,34,'{"state": "done"}','{"state": "undone"}');
CREATE TABLE operations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        public_id TEXT NOT NULL UNIQUE,
        at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', at) IS at),
        command TEXT NOT NULL,
        summary TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'done' CHECK (state IN ('done', 'undone', 'discarded'))
    ) STRICT;
INSERT INTO "operations" VALUES(1,'0095864c93ff74c0','2026-04-01T12:00:00.000Z','import','imported deals.csv','done');
INSERT INTO "operations" VALUES(2,'f1cfa1414b9e3b6d','2026-04-01T12:00:00.000Z','contact add','added contact c3','done');
INSERT INTO "operations" VALUES(3,'ee77ef4c07a80d70','2026-04-01T12:00:00.000Z','contact forget','forgot c3','done');
INSERT INTO "operations" VALUES(4,'7ef9800fbe1806cd','2026-04-02T12:00:00.000Z','add','added Acme: workshop','done');
INSERT INTO "operations" VALUES(5,'8e915cebd843e918','2026-04-03T12:00:00.000Z','add','added Beta: analysis [/red]','done');
INSERT INTO "operations" VALUES(6,'b88ad7fbdd99ae64','2026-04-03T12:00:00.000Z','add','added Beta: analysis again','done');
INSERT INTO "operations" VALUES(7,'6c7d608542aa8af0','2026-04-04T12:00:00.000Z','add','added Gamma: silent','done');
INSERT INTO "operations" VALUES(8,'18d067e17cd143cc','2026-04-04T12:00:00.000Z','add','added Eta: never ours','done');
INSERT INTO "operations" VALUES(9,'6dfd432b9b9107b9','2026-04-05T12:00:00.000Z','log','logged call in on Acme: workshop','done');
INSERT INTO "operations" VALUES(10,'10618cf7ae44cc9f','2026-04-05T12:00:00.000Z','note','noted on Acme: workshop','done');
INSERT INTO "operations" VALUES(11,'60913ab84e9651f4','2026-04-06T12:00:00.000Z','confirm','confirmed prospecting.problem on Acme: workshop','done');
INSERT INTO "operations" VALUES(12,'f4eefbc3a4ce82d4','2026-04-06T12:00:00.000Z','qualify','qualified Acme: workshop: need=yes, budget=unknown','done');
INSERT INTO "operations" VALUES(13,'dfbf7495ec5a384e','2026-04-06T12:00:00.000Z','advance','Acme: workshop: Prospecting -> Qualification','done');
INSERT INTO "operations" VALUES(14,'15721610692a4181','2026-04-07T12:00:00.000Z','done','done on Acme: workshop: Send the offer','done');
INSERT INTO "operations" VALUES(15,'f746e321fce0306a','2026-04-08T12:00:00.000Z','edit','edited Acme: workshop: close 31 Jul -> 31 Aug, pushed, chance set to 61.3%, category set to commit, value 12,000 -> 15,000 EUR','done');
INSERT INTO "operations" VALUES(16,'3cfba0bf96a118f5','2026-04-09T12:00:00.000Z','confirm','revoked prospecting.problem on Acme: workshop','done');
INSERT INTO "operations" VALUES(17,'d48996514d3661e1','2026-04-10T12:00:00.000Z','merge','merged deal 6, Beta: analysis again, into 5, Beta: analysis [/red]','done');
INSERT INTO "operations" VALUES(18,'72fcc0dd00157eb6','2026-04-11T12:00:00.000Z','back','Acme: workshop: back from Qualification to Prospecting: budget is gone','done');
INSERT INTO "operations" VALUES(19,'0d87779ea640249f','2026-04-11T12:00:00.000Z','advance','Acme: workshop: Prospecting -> Qualification, forced past prospecting.problem','done');
INSERT INTO "operations" VALUES(20,'1b897b9434de52a0','2026-04-12T12:00:00.000Z','snooze','snoozed Beta: analysis [/red] until 2026-06-01','done');
INSERT INTO "operations" VALUES(21,'868cad98bf12f46a','2026-04-13T12:00:00.000Z','disqualify','disqualified Eta: never ours: a student','done');
INSERT INTO "operations" VALUES(22,'fb7518a3fb700d25','2026-04-14T12:00:00.000Z','contact opt-out','opted out c6','done');
INSERT INTO "operations" VALUES(23,'1581bafb0fd5bb82','2026-04-14T12:00:00.000Z','contact add','added contact c7','done');
INSERT INTO "operations" VALUES(24,'a5a2dfcb62f1ad57','2026-04-15T12:00:00.000Z','contact edit','edited contact c7: role','done');
INSERT INTO "operations" VALUES(25,'a9de8221da985675','2026-04-16T12:00:00.000Z','forecast','kept the forecast until 2026-05-16','done');
INSERT INTO "operations" VALUES(26,'0a8d09fca8b6b84e','2026-05-20T12:00:00.000Z','next','next step of Acme: workshop: Ask again, due 2026-08-25','done');
INSERT INTO "operations" VALUES(27,'f9bd106204df8964','2026-05-20T12:00:00.000Z','next','next step of Acme: workshop: Demo, due 2026-08-24 14:30 for 45m','done');
INSERT INTO "operations" VALUES(28,'45a5e56998376026','2026-05-21T12:00:00.000Z','edit','edited Acme: workshop: tag event added, tag vip added, link https://acme.example/offer added','done');
INSERT INTO "operations" VALUES(29,'fbb73ae9679d04e9','2026-05-30T12:00:00.000Z','prune','1 closed as lost (no_response), 2 given a last chance','done');
INSERT INTO "operations" VALUES(30,'4d3d582cef182176','2026-06-10T12:00:00.000Z','add','added Discarded','discarded');
INSERT INTO "operations" VALUES(31,'d6b8ac68b9003bba','2026-06-11T12:00:00.000Z','win','won Acme: workshop','done');
INSERT INTO "operations" VALUES(32,'d14fba4d0ae94520','2026-06-13T12:00:00.000Z','reopen','reopened Import: coaching in Prospecting','done');
INSERT INTO "operations" VALUES(33,'118a87a5d5a8d796','2026-06-14T12:00:00.000Z','lose','lost Import: coaching: price','done');
INSERT INTO "operations" VALUES(34,'32a02542b40f5315','2026-06-15T12:00:00.000Z','add','added Undone: one','undone');
INSERT INTO "operations" VALUES(35,'ba11352f9b067135','2026-06-16T12:00:00.000Z','edit','edited Acme: workshop: organization Acme -> Acme Europe','undone');
INSERT INTO "operations" VALUES(36,'b4759b26c12acbfd','2026-06-17T12:00:00.000Z','merge','merged deal 1, Import: audit, small, into 4, Acme: workshop','undone');
INSERT INTO "operations" VALUES(37,'181708b227e88931','2026-06-18T12:00:00.000Z','note','noted on Acme: workshop','undone');
CREATE TABLE qualification_answers (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        item TEXT NOT NULL,
        answer TEXT NOT NULL CHECK (answer IN ('yes', 'no', 'unknown')),
        evidence TEXT,
        answered_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', answered_at) IS answered_at)
    ) STRICT;
INSERT INTO "qualification_answers" VALUES(1,4,'need','yes','two days a week','2026-04-06T12:00:00.000Z');
INSERT INTO "qualification_answers" VALUES(2,4,'budget','unknown',NULL,'2026-04-06T12:00:00.000Z');
CREATE TABLE reviews (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        made_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', made_at) IS made_at),
        made_on TEXT NOT NULL CHECK (date(made_on, '+0 days') IS made_on),
        from_on TEXT NOT NULL CHECK (date(from_on, '+0 days') IS from_on),
        pipelines TEXT NOT NULL,
        content TEXT NOT NULL CHECK (content <> '')
    ) STRICT;
INSERT INTO "reviews" VALUES(1,'2026-06-14T12:00:00.000Z','2026-06-14','2026-06-07','services','{}');
CREATE TABLE strangers (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        digest TEXT NOT NULL,
        direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
        UNIQUE (digest, direction)
    ) STRICT;
CREATE TABLE suppressed (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        digest TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL CHECK (kind IN ('email', 'phone')),
        key_id TEXT NOT NULL,
        suppressed_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', suppressed_at) IS suppressed_at),
        revoked_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', revoked_at) IS revoked_at)
    ) STRICT;
INSERT INTO "suppressed" VALUES(1,'144ccf82d290d22b5904f00fa1a3ceaa7fbb4a3ff212e0709f1e8d694cd53b57','email','b1a866c60c7e22fc','2026-04-14T12:00:00.000Z',NULL);
CREATE TABLE touchpoints (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        deal_id INTEGER NOT NULL REFERENCES deals (id),
        kind TEXT NOT NULL,
        direction TEXT CHECK (direction IN ('out', 'in')),
        touched_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', touched_at) IS touched_at),
        outcome TEXT,
        note TEXT,
        inferred INTEGER NOT NULL DEFAULT 0 CHECK (inferred IN (0, 1))
    , sense TEXT CHECK (sense IN ('conversation', 'attempt', 'automatic')), awaits_answer INTEGER NOT NULL DEFAULT 0 CHECK (awaits_answer IN (0, 1)), contact_id INTEGER REFERENCES contacts (id), source TEXT CHECK (source IN ('captured', 'imported'))) STRICT;
INSERT INTO "touchpoints" VALUES(1,1,'call','out','2026-03-05T10:00:00.000Z','reached','said "maybe", twice',0,'conversation',0,NULL,NULL);
INSERT INTO "touchpoints" VALUES(2,3,'email','in','2026-03-01T10:00:00.000Z',NULL,NULL,0,'conversation',1,NULL,NULL);
INSERT INTO "touchpoints" VALUES(3,4,'call','in','2026-04-05T12:00:00.000Z','reached','They lose two days a week',0,'conversation',0,NULL,NULL);
CREATE TABLE undone_rows (
        operation_row_id INTEGER NOT NULL REFERENCES operation_rows (id),
        row_id INTEGER NOT NULL,
        image TEXT NOT NULL,
        PRIMARY KEY (operation_row_id, row_id)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "undone_rows" VALUES(67,9,'{"id":9,"public_id":"a825647834fbf610","external_id":null,"title":"Discarded","organization":"Nobody","pipeline":"services","stage":"prospecting","status":"open","value_cents":null,"currency":"EUR","probability":"null","category":null,"source":null,"owner":null,"cost_cents":null,"created_at":"2026-06-10T12:00:00.000Z","created_inferred":0,"expected_close":null,"closed_at":null,"lost_reason":null,"snoozed_until":null,"fields":"{}","from_deal_id":null,"snooze_reason":null,"tags":null,"links":null}');
INSERT INTO "undone_rows" VALUES(68,17,'{"id":17,"deal_id":9,"from_stage":null,"to_stage":"prospecting","moved_at":"2026-06-10T12:00:00.000Z","reason":null,"forced":0,"inferred":0,"criteria_missing":null,"criteria_met":null,"mistake":0,"pipeline":null}');
INSERT INTO "undone_rows" VALUES(82,10,'{"id":10,"public_id":"bf6320320aa935ad","external_id":null,"title":"Undone: one","organization":"Undo","pipeline":"services","stage":"prospecting","status":"open","value_cents":9999,"currency":"EUR","probability":"0.333","category":null,"source":null,"owner":null,"cost_cents":null,"created_at":"2026-06-15T12:00:00.000Z","created_inferred":0,"expected_close":null,"closed_at":null,"lost_reason":null,"snoozed_until":null,"fields":"{}","from_deal_id":null,"snooze_reason":null,"tags":null,"links":null}');
INSERT INTO "undone_rows" VALUES(83,21,'{"id":21,"deal_id":10,"from_stage":null,"to_stage":"prospecting","moved_at":"2026-06-15T12:00:00.000Z","reason":null,"forced":0,"inferred":0,"criteria_missing":null,"criteria_met":null,"mistake":0,"pipeline":null}');
INSERT INTO "undone_rows" VALUES(84,8,'{"id":8,"public_id":"d2096d59a9176ce6","name":"Una","email":"una@undo.example","phone":null,"organization":"Undo","role":null,"source":null,"opted_out":0,"created_at":"2026-06-15T12:00:00.000Z","forgotten_at":null,"addresses":null,"formerly":null}');
INSERT INTO "undone_rows" VALUES(85,7,'{"id":7,"deal_id":10,"contact_id":8,"linked_at":"2026-06-15T12:00:00.000Z","role":null}');
INSERT INTO "undone_rows" VALUES(87,10,'{"id":10,"deal_id":4,"field":"organization","old_value":"\"Acme\"","new_value":"\"Acme Europe\"","changed_at":"2026-06-16T12:00:00.000Z"}');
INSERT INTO "undone_rows" VALUES(92,8,'{"id":8,"deal_id":4,"contact_id":1,"linked_at":"2026-03-01T00:00:00.000Z","role":null}');
INSERT INTO "undone_rows" VALUES(98,11,'{"id":11,"deal_id":4,"field":"external_id","old_value":"null","new_value":"\"x-1\"","changed_at":"2026-06-17T12:00:00.000Z"}');
INSERT INTO "undone_rows" VALUES(99,12,'{"id":12,"deal_id":4,"field":"fields","old_value":"\"{\\\"region\\\": \\\"north\\\"}\"","new_value":"\"{\\\"Favourite Colour\\\": \\\"green\\\", \\\"region\\\": \\\"north\\\"}\"","changed_at":"2026-06-17T12:00:00.000Z"}');
INSERT INTO "undone_rows" VALUES(103,5,'{"id":5,"deal_id":4,"text":"Merged from deal 1, Import: audit, small; value 1,200.50 EUR.","noted_at":"2026-06-17T12:00:00.000Z"}');
INSERT INTO "undone_rows" VALUES(104,6,'{"id":6,"deal_id":4,"text":"Last of all","noted_at":"2026-06-18T12:00:00.000Z"}');
CREATE INDEX deals_by_status ON deals (pipeline, status, stage);
CREATE INDEX deals_by_external_id ON deals (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX deal_contacts_by_contact ON deal_contacts (contact_id);
CREATE INDEX contacts_by_email ON contacts (email) WHERE email IS NOT NULL;
CREATE INDEX moves_of_a_deal ON moves (deal_id, moved_at, id, to_stage, from_stage, inferred);
CREATE INDEX notes_of_a_deal ON notes (deal_id);
CREATE INDEX next_steps_of_a_deal ON next_steps (deal_id);
CREATE INDEX confirmations_of_a_deal ON confirmations (deal_id);
CREATE INDEX answers_of_a_deal ON qualification_answers (deal_id);
CREATE INDEX last_chances_of_a_deal ON last_chances (deal_id);
CREATE INDEX field_changes_of_a_deal ON field_changes (deal_id, field);
CREATE INDEX import_keys_of_a_deal ON import_keys (deal_id);
CREATE INDEX rows_of_an_operation ON operation_rows (operation_id);
CREATE INDEX deals_of_an_operation ON operation_deals (operation_id);
CREATE INDEX follow_ups_of_a_deal ON follow_ups (deal_id);
CREATE INDEX deals_from_a_deal ON deals (from_deal_id) WHERE from_deal_id IS NOT NULL;
CREATE INDEX touchpoints_of_a_deal ON touchpoints (deal_id, touched_at, id, sense, awaits_answer, direction);
CREATE INDEX moves_set_aside ON moves (deal_id) WHERE mistake OR pipeline IS NOT NULL;
CREATE INDEX captured_of_a_deal ON captured (deal_id);
CREATE INDEX captured_of_a_touchpoint ON captured (touchpoint_id) WHERE touchpoint_id IS NOT NULL;
CREATE INDEX captured_to_decide ON captured (fate) WHERE fate IN ('queue', 'suggestion');
CREATE INDEX contacts_with_more ON contacts (id) WHERE addresses IS NOT NULL;
CREATE TRIGGER kept_forecasts_stay BEFORE UPDATE ON kept_forecasts BEGIN
    SELECT RAISE(ABORT, 'a kept forecast is never edited'); END;
CREATE VIEW stage_history AS
    SELECT m.deal_id, d.title, m.from_stage, m.to_stage, m.moved_at,
        lead(m.moved_at) OVER (PARTITION BY m.deal_id ORDER BY m.moved_at, m.id) AS left_at,
        m.reason, m.forced, m.inferred
    FROM moves m JOIN deals d ON d.id = m.deal_id WHERE NOT m.mistake;
CREATE VIEW deal_overview AS
    SELECT d.id, d.external_id, d.title, d.organization, d.pipeline, d.stage, d.status,
        d.value_cents / 100.0 AS value, d.currency, d.source, d.owner, d.created_at, d.expected_close, d.closed_at,
        d.lost_reason, d.snoozed_until,
        (SELECT coalesce(c.name, c.email, c.phone) FROM deal_contacts dc JOIN contacts c ON c.id = dc.contact_id
            WHERE dc.deal_id = d.id ORDER BY dc.id LIMIT 1) AS contact,
        (SELECT max(t.touched_at) FROM touchpoints t WHERE t.deal_id = d.id AND t.sense IS NOT 'automatic')
            AS last_touch_at,
        (SELECT max(t.touched_at) FROM touchpoints t WHERE t.deal_id = d.id AND t.sense = 'conversation')
            AS last_conversation_at,
        (SELECT n.text FROM next_steps n WHERE n.deal_id = d.id AND n.closed_at IS NULL ORDER BY n.due, n.due_time IS NULL, n.due_time, n.id LIMIT 1) AS next_step,
        (SELECT n.due FROM next_steps n WHERE n.deal_id = d.id AND n.closed_at IS NULL ORDER BY n.due, n.due_time IS NULL, n.due_time, n.id LIMIT 1) AS next_step_due,
        d.tags, d.links
    FROM deals d;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('operations',37);
INSERT INTO "sqlite_sequence" VALUES('deals',10);
INSERT INTO "sqlite_sequence" VALUES('import_keys',3);
INSERT INTO "sqlite_sequence" VALUES('contacts',8);
INSERT INTO "sqlite_sequence" VALUES('deal_contacts',8);
INSERT INTO "sqlite_sequence" VALUES('moves',22);
INSERT INTO "sqlite_sequence" VALUES('operation_rows',108);
INSERT INTO "sqlite_sequence" VALUES('touchpoints',3);
INSERT INTO "sqlite_sequence" VALUES('next_steps',3);
INSERT INTO "sqlite_sequence" VALUES('notes',6);
INSERT INTO "sqlite_sequence" VALUES('confirmations',1);
INSERT INTO "sqlite_sequence" VALUES('qualification_answers',2);
INSERT INTO "sqlite_sequence" VALUES('field_changes',12);
INSERT INTO "sqlite_sequence" VALUES('suppressed',1);
INSERT INTO "sqlite_sequence" VALUES('kept_forecasts',1);
INSERT INTO "sqlite_sequence" VALUES('last_chances',2);
INSERT INTO "sqlite_sequence" VALUES('follow_ups',2);
INSERT INTO "sqlite_sequence" VALUES('reviews',1);
COMMIT;
