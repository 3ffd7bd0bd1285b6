PRAGMA application_id = 1297371715;
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('1');
CREATE TABLE comparisons (
	id INTEGER NOT NULL, 
	dataset_id INTEGER NOT NULL, 
	created TEXT NOT NULL, 
	experiment TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	CONSTRAINT pk_comparisons PRIMARY KEY (id), 
	CONSTRAINT fk_comparisons_dataset_id FOREIGN KEY(dataset_id) REFERENCES datasets (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "comparisons" VALUES(1,1,'2026-11-24T10:19:35+00:00','{"tasks": [{"name": "click", "kind": "binary", "label": "click", "item_kind": "product", "relevant_from": 1.0, "weight": 1.0, "parent": null, "enabled": true}, {"name": "评分", "kind": "rating", "label": "rating", "item_kind": "product", "relevant_from": 3.5, "weight": 0.1, "parent": "click", "enabled": false}], "split": {"method": "leave_last_out", "validation_fraction": 0.1, "test_fraction": 0.2, "n_validation": 1, "n_test": 2}, "models": [{"model": "bias", "config": {"damping": 0.1}, "enabled": true}, {"model": "als", "config": {}, "enabled": false}], "seeds": [1, 2, 1099511627776], "rules": {"name": "Ours", "method": "sum", "powers": {"click": 0.5}, "rules": [{"enabled": true, "rule": "drop_below", "item_kind": "ad", "task": "ad click", "limit": 0.3}, {"enabled": false, "rule": "boost_category", "task": "purchase", "factor": 1.02}, {"enabled": true, "rule": "quota", "item_kind": "ad", "at_most": 2, "in_places": 5}]}, "k": 7}','9afd5c75a1b4dab419d32564107e9b6c72a1794227b45b2c46655da889ba39b5');
CREATE TABLE curve_points (
	run_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	task TEXT NOT NULL, 
	measure TEXT NOT NULL, 
	value REAL, 
	CONSTRAINT pk_curve_points PRIMARY KEY (run_id, position), 
	CONSTRAINT fk_curve_points_run_id FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "curve_points" VALUES(1,0,0,'click','log_loss',NULL);
INSERT INTO "curve_points" VALUES(1,1,1,'评分','rmse',3.33333333333333314829e-01);
CREATE TABLE datasets (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	created TEXT NOT NULL, 
	n_interactions INTEGER NOT NULL, 
	n_users INTEGER NOT NULL, 
	n_items INTEGER NOT NULL, 
	item_kinds TEXT NOT NULL, 
	rows_sha256 TEXT NOT NULL, 
	CONSTRAINT pk_datasets PRIMARY KEY (id)
)
 STRICT

;
INSERT INTO "datasets" VALUES(1,'Shop 商店 🛒','2026-11-24T10:19:35+00:00',12,7,5,'["ad", "product", "person"]','199cdaf997081912f678cc297bfcc2662ff71213d58b0a995541da826d54fdb4');
CREATE TABLE explanations (
	id INTEGER NOT NULL, 
	run_id INTEGER NOT NULL, 
	created TEXT NOT NULL, 
	task TEXT NOT NULL, 
	user_index INTEGER NOT NULL, 
	item_index INTEGER NOT NULL, 
	score REAL, 
	additive INTEGER NOT NULL, 
	sentence TEXT NOT NULL, 
	sentence_values TEXT NOT NULL, 
	contributions TEXT NOT NULL, 
	remarks TEXT NOT NULL, 
	CONSTRAINT pk_explanations PRIMARY KEY (id), 
	CONSTRAINT fk_explanations_run_id FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
)
 STRICT

;
CREATE TABLE fitted_parameters (
	run_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	array INTEGER NOT NULL, 
	CONSTRAINT pk_fitted_parameters PRIMARY KEY (run_id, position), 
	CONSTRAINT fk_fitted_parameters_run_id_array FOREIGN KEY(run_id, array) REFERENCES run_arrays (run_id, number) ON DELETE CASCADE, 
	CONSTRAINT fk_fitted_parameters_run_id FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "fitted_parameters" VALUES(1,0,'user_factors',10);
INSERT INTO "fitted_parameters" VALUES(1,1,'empty',11);
INSERT INTO "fitted_parameters" VALUES(1,2,'names',12);
INSERT INTO "fitted_parameters" VALUES(1,3,'flags',13);
INSERT INTO "fitted_parameters" VALUES(1,4,'scalar',14);
INSERT INTO "fitted_parameters" VALUES(1,5,'by_column',15);
CREATE TABLE items (
	dataset_id INTEGER NOT NULL, 
	item_index INTEGER NOT NULL, 
	item_id TEXT NOT NULL, 
	title TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	category TEXT NOT NULL, 
	CONSTRAINT pk_items PRIMARY KEY (dataset_id, item_index), 
	CONSTRAINT fk_items_dataset_id FOREIGN KEY(dataset_id) REFERENCES datasets (id) ON DELETE CASCADE
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "items" VALUES(1,0,'i0','中文 🎧 " '' ; --','ad','a');
INSERT INTO "items" VALUES(1,1,'i1','','product','');
INSERT INTO "items" VALUES(1,2,'i2','  ','ad','b');
INSERT INTO "items" VALUES(1,3,'i3','é','product','音乐');
INSERT INTO "items" VALUES(1,4,'i4','xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx','ad','c');
CREATE TABLE log_columns (
	dataset_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	part TEXT NOT NULL, 
	name TEXT NOT NULL, 
	dtype TEXT NOT NULL, 
	shape TEXT NOT NULL, 
	codec TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	data BLOB NOT NULL, 
	CONSTRAINT pk_log_columns PRIMARY KEY (dataset_id, position), 
	CONSTRAINT ck_log_columns_part CHECK (part IN ('event', 'label', 'context', 'user feature', 'item feature')), 
	CONSTRAINT fk_log_columns_dataset_id FOREIGN KEY(dataset_id) REFERENCES datasets (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "log_columns" VALUES(1,0,'event','users','<i4','[12]','zlib-planes','b4c518379f5781a393b14352a263e122beab648fb2be7c1fcb1cdf2b285c9bd4',X'78016365616664626060606465610352040100054C0020');
INSERT INTO "log_columns" VALUES(1,1,'event','items','<i4','[12]','zlib-planes','e3fc8f2e05a3828ca1383b7d269fbd58e5807bec69820558b521635e7ae82ad6',X'78016362666166666262616461662006000005640020');
INSERT INTO "log_columns" VALUES(1,2,'event','timestamps','<i8','[12]','zlib-planes','4c8eb3e063165ea20c1aaaddcc57ea204d3d8b86abc0f311ae5b70e430c1cc2b',X'780163604002A7A6C4697CDAD31620F5641DC32CD30BD9AC0BACAF15722F63B02EDFF44E2B75E11D89907EB06A462060626242D289930900405C105A');
INSERT INTO "log_columns" VALUES(1,3,'label','click','<f4','[12]','zlib-planes','7071ed9a7cc209d5411e0267109d524e4a02d484ed9bbccb5a0b373f2f594015',X'78016360C0011A181A1880A8014832D803218800920036CF03BC');
INSERT INTO "log_columns" VALUES(1,4,'label','rating','<f4','[12]','zlib-planes','91a3f8cd82d672c90aea669db4eb8855e46cd7786ccd92623ab2c27b566a6814',X'78016360C00E0E381C0001860620AE77A807010720E50000A2370BB9');
INSERT INTO "log_columns" VALUES(1,5,'context','position','<i2','[12]','zlib-planes','fd253160b9c9ab5e8e5bc8e085d8bddf08220d06f86e3b5b0e781e62d3a6ed92',X'7801E360626267636060E66061676640020003B50033');
INSERT INTO "log_columns" VALUES(1,6,'user feature','age','<i8','[7]','zlib-planes','46794e9b2175a090b93d834435c1a23be6289597ac22280baaf8e4d15162a3ac',X'7801B333335473D45263201500004894015D');
INSERT INTO "log_columns" VALUES(1,7,'user feature','城市','<U2','[7]','zlib-planes','dfc2ad98f34ddd480a4e31278e704863ca935b78c37c352da426c1451ae0def5',X'78011317078360086040016B20C00F0250A4180025FA09BD');
INSERT INTO "log_columns" VALUES(1,8,'item feature','price','<f8','[5]','zlib-planes','bf5608514c07ba92f05600e4a4b0e04de8a9cf6f42c33878dd4dabf5150071f3',X'78010B650805025CC4D51F57AF5EB5AFB7B7B70700F0920DC0');
CREATE TABLE metric_values (
	run_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	task TEXT NOT NULL, 
	metric TEXT NOT NULL, 
	k INTEGER, 
	value REAL, 
	n INTEGER NOT NULL, 
	n_undefined INTEGER NOT NULL, 
	low REAL, 
	high REAL, 
	users_array INTEGER NOT NULL, 
	per_user_array INTEGER NOT NULL, 
	weights_array INTEGER, 
	CONSTRAINT pk_metric_values PRIMARY KEY (run_id, position), 
	CONSTRAINT fk_metric_values_run_id_per_user_array FOREIGN KEY(run_id, per_user_array) REFERENCES run_arrays (run_id, number) ON DELETE CASCADE, 
	CONSTRAINT fk_metric_values_run_id_weights_array FOREIGN KEY(run_id, weights_array) REFERENCES run_arrays (run_id, number) ON DELETE CASCADE, 
	CONSTRAINT fk_metric_values_run_id_users_array FOREIGN KEY(run_id, users_array) REFERENCES run_arrays (run_id, number) ON DELETE CASCADE, 
	CONSTRAINT fk_metric_values_run_id FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "metric_values" VALUES(1,0,'click','ndcg',10,1.1,4,2,0.05,0.35,0,1,NULL);
INSERT INTO "metric_values" VALUES(1,1,'click','auc',NULL,NULL,0,6,NULL,NULL,2,3,NULL);
INSERT INTO "metric_values" VALUES(1,2,'评分','mae',NULL,0.0,6,0,-1.0e-300,1.0e+300,0,4,5);
CREATE TABLE project (
	id INTEGER NOT NULL, 
	created TEXT NOT NULL, 
	app_version TEXT NOT NULL, 
	CONSTRAINT pk_project PRIMARY KEY (id), 
	CONSTRAINT ck_project_one_row CHECK (id = 1)
)
 STRICT

;
INSERT INTO "project" VALUES(1,'2026-11-24T10:19:35+00:00','unknown');
CREATE TABLE rule_sets (
	dataset_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	method TEXT NOT NULL, 
	powers TEXT NOT NULL, 
	rules TEXT NOT NULL, 
	CONSTRAINT pk_rule_sets PRIMARY KEY (dataset_id), 
	CONSTRAINT fk_rule_sets_dataset_id FOREIGN KEY(dataset_id) REFERENCES setups (dataset_id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "rule_sets" VALUES(1,'Ours','sum','{"click": 0.5}','[{"enabled": true, "rule": "drop_below", "item_kind": "ad", "task": "ad click", "limit": 0.3}, {"enabled": false, "rule": "boost_category", "task": "purchase", "factor": 1.02}, {"enabled": true, "rule": "quota", "item_kind": "ad", "at_most": 2, "in_places": 5}]');
CREATE TABLE run_arrays (
	run_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	dtype TEXT NOT NULL, 
	shape TEXT NOT NULL, 
	codec TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	data BLOB NOT NULL, 
	CONSTRAINT pk_run_arrays PRIMARY KEY (run_id, number), 
	CONSTRAINT fk_run_arrays_run_id FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "run_arrays" VALUES(1,0,'<i8','[6]','zlib-planes','a2bb1f17706b576793ffc8d94159dc29a77817355359624b6a4485fb4f74805d',X'780163606462666165201A000002C90010');
INSERT INTO "run_arrays" VALUES(1,1,'<f8','[6]','zlib-planes','2d4658bd56eba2635f9abab6b78be0d37438217fa360ce092a35e5ae831d689c',X'78018B61E0E965905161280B659897CFC0728BA17C1F43B528C3C5EB0C97C2188E2730144733883FF871E8DD8FDBF6F5F64004006C7D11E2');
INSERT INTO "run_arrays" VALUES(1,2,'<i8','[0]','zlib-planes','9c4088ee3364d519b7737027ed3af0feca3c05102f84a5dd847695e1907b086a',X'7801030000000001');
INSERT INTO "run_arrays" VALUES(1,3,'<f8','[0]','zlib-planes','6c4f6633976d8e71c2d97bf47aa4480c9f0f9b51990aa40138be0f2bceb413b3',X'7801030000000001');
INSERT INTO "run_arrays" VALUES(1,4,'<f8','[6]','zlib-planes','3e49174e0e765a0fb03d750cb8af50201a2c65608defa2399a80590a6ce813ec',X'7801D36338748CA17D12439F16C373738684B70CB1F719FCB918BE643354AD66F868C0E0A7CB70F4C78F4FFF7F7CB3AFB7072200BC811436');
INSERT INTO "run_arrays" VALUES(1,5,'<f8','[6]','zlib-planes','1119c05034ef34ffa5513ce955eb1c3c478f71413443299becc694f672d06b0f',X'7801639834E9F6A4ED0C2A2ADB5472193C3D733D6F338044B6A1881CBA74FBD133067B100000D5C21366');
INSERT INTO "run_arrays" VALUES(1,6,'<i8','[6, 4]','zlib-planes','3fe3bc997fff8eb35f8b1dbc8d1f0053f03ec00d02220404a3080be38255f282',X'7801636461FCCFCCC4F09F8599E53F0B23D37F0646209B81F13F0303C390C000D8E02FF4');
INSERT INTO "run_arrays" VALUES(1,7,'<f8','[6, 4]','zlib-planes','cd19a8a08bbdaa8fed6f45e42e59fa05346dd3e8e6fcb52a0578f280a4886eda',X'78016360185CE0C183073FB0617B7BFB7A6C18006D711CF9');
INSERT INTO "run_arrays" VALUES(1,8,'<i8','[0, 4]','zlib-planes','049ff983cee7ee483a1effe4a87ea883a23ef08b48b23e2454331da118964031',X'7801030000000001');
INSERT INTO "run_arrays" VALUES(1,9,'<f8','[0, 4]','zlib-planes','67f3100ef9a6b91ea650e7a2c2a0143369dd5c892cdec6a0258d742588f0e4ad',X'7801030000000001');
INSERT INTO "run_arrays" VALUES(1,10,'<f4','[6, 3]','zlib-planes','f29214545618062bc24604dd24b05cd0fc9236bb4e72664cff68dbfc72234a0a',X'7801014800B7FF27B4C8D3E258B03075573BA4ACB272C554852BAE661BA3DC83CBF729C5898A5655BC8EBE4883058DA5802DF132D85A5E078EC1022529BFBE3CBE3F3FC0BFBEBE3E3E40BFBE403F3F4467236B');
INSERT INTO "run_arrays" VALUES(1,11,'<f8','[0, 3]','zlib-planes','f5cbe14edd20a5c72d39fd704fde82c4750e7940ff8b53865b913ef48cd929dc',X'7801030000000001');
INSERT INTO "run_arrays" VALUES(1,12,'<U2','[2]','zlib-planes','0b844da36b5e8cba956baa2091da5f54f0aa88a99d817eff58272055b438faf0',X'7801D35DEEF7998191818161390398060026A203B2');
INSERT INTO "run_arrays" VALUES(1,13,'|b1','[2]','zlib-planes','69178d77936f7be4bf383a19c121a271dafea2a6f555c0f475e16a2b8e98567b',X'78016364000000040002');
INSERT INTO "run_arrays" VALUES(1,14,'<f8','[]','zlib-planes','3e2b805bfebe5bad3b7c62499a9c17fe9e8086801c5150952c06dafe6c27e5ff',X'7801636000011E07000060004D');
INSERT INTO "run_arrays" VALUES(1,15,'<f8','[4, 2]','zlib-planes','0ecbcd5cbfec12466b731b4d2248fe1980e03cfa48315601eb6ff1f8bc477184',X'7801D3CD78A09EC3F0CFE5DF8592854B1E54B35FDBBE876F86DA676DF6906DCB57161E363339E471E8487CBEFFABD437AD1E3F973E787077FD93D78F2EBCB2870200503D2268');
CREATE TABLE run_notes (
	run_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	template TEXT NOT NULL, 
	template_values TEXT NOT NULL, 
	CONSTRAINT pk_run_notes PRIMARY KEY (run_id, position), 
	CONSTRAINT fk_run_notes_run_id FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "run_notes" VALUES(1,0,'Calibrated on {n} events, loss {loss:.2f}.','{"n": 5, "loss": {"$number": "nan"}}');
CREATE TABLE runs (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	comparison_id INTEGER NOT NULL, 
	created TEXT NOT NULL, 
	status TEXT NOT NULL, 
	model TEXT NOT NULL, 
	config TEXT NOT NULL, 
	seed INTEGER NOT NULL, 
	tasks TEXT, 
	fit_seconds REAL, 
	predict_seconds REAL, 
	n_parameters INTEGER, 
	peak_bytes INTEGER, 
	message TEXT, 
	message_values TEXT, 
	rows_sha256 TEXT, 
	state_values TEXT, 
	CONSTRAINT ck_runs_status CHECK (status IN ('done', 'failed')), 
	CONSTRAINT fk_runs_comparison_id FOREIGN KEY(comparison_id) REFERENCES comparisons (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "runs" VALUES(1,1,'2026-11-24T10:19:35+00:00','done','bias','{"damping": 0.1, "nested": {"list": [1, null, true], "文": "🎧"}}',1,'["click", "评分"]',1.25,0.5,12345,8589934592,NULL,NULL,'44421c8d0f622b7fbc1d07cfb25b0978ff52d03dc72282fc8ba73f986e07505f','{"mean": 3.5, "limit": {"$number": "inf"}, "tasks": ["click"], "none": null}');
CREATE TABLE setups (
	dataset_id INTEGER NOT NULL, 
	changed TEXT NOT NULL, 
	settings TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	CONSTRAINT pk_setups PRIMARY KEY (dataset_id), 
	CONSTRAINT fk_setups_dataset_id FOREIGN KEY(dataset_id) REFERENCES datasets (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "setups" VALUES(1,'2026-11-24T10:19:35+00:00','{"split": {"method": "leave_last_out", "validation_fraction": 0.1, "test_fraction": 0.2, "n_validation": 1, "n_test": 2}, "models": [{"model": "bias", "config": {"damping": 0.1}, "enabled": true}, {"model": "als", "config": {}, "enabled": false}], "seeds": [1, 2, 1099511627776], "k": 7}','9afd5c75a1b4dab419d32564107e9b6c72a1794227b45b2c46655da889ba39b5');
CREATE TABLE tasks (
	dataset_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	label TEXT NOT NULL, 
	item_kind TEXT NOT NULL, 
	relevant_from REAL, 
	weight REAL NOT NULL, 
	parent TEXT, 
	enabled INTEGER NOT NULL, 
	CONSTRAINT pk_tasks PRIMARY KEY (dataset_id, position), 
	CONSTRAINT fk_tasks_dataset_id FOREIGN KEY(dataset_id) REFERENCES setups (dataset_id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "tasks" VALUES(1,0,'click','binary','click','product',1.0,1.0,NULL,1);
INSERT INTO "tasks" VALUES(1,1,'评分','rating','rating','product',3.5,0.1,'click',0);
CREATE TABLE top_lists (
	run_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	task TEXT NOT NULL, 
	users_array INTEGER NOT NULL, 
	items_array INTEGER NOT NULL, 
	scores_array INTEGER NOT NULL, 
	CONSTRAINT pk_top_lists PRIMARY KEY (run_id, position), 
	CONSTRAINT fk_top_lists_run_id_items_array FOREIGN KEY(run_id, items_array) REFERENCES run_arrays (run_id, number) ON DELETE CASCADE, 
	CONSTRAINT fk_top_lists_run_id_scores_array FOREIGN KEY(run_id, scores_array) REFERENCES run_arrays (run_id, number) ON DELETE CASCADE, 
	CONSTRAINT fk_top_lists_run_id_users_array FOREIGN KEY(run_id, users_array) REFERENCES run_arrays (run_id, number) ON DELETE CASCADE, 
	CONSTRAINT fk_top_lists_run_id FOREIGN KEY(run_id) REFERENCES runs (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "top_lists" VALUES(1,0,'click',0,6,7);
INSERT INTO "top_lists" VALUES(1,1,'评分',2,8,9);
CREATE TABLE users (
	dataset_id INTEGER NOT NULL, 
	user_index INTEGER NOT NULL, 
	user_id TEXT NOT NULL, 
	CONSTRAINT pk_users PRIMARY KEY (dataset_id, user_index), 
	CONSTRAINT fk_users_dataset_id FOREIGN KEY(dataset_id) REFERENCES datasets (id) ON DELETE CASCADE
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "users" VALUES(1,0,'u0');
INSERT INTO "users" VALUES(1,1,'u1');
INSERT INTO "users" VALUES(1,2,'u2');
INSERT INTO "users" VALUES(1,3,'u3');
INSERT INTO "users" VALUES(1,4,'u4');
INSERT INTO "users" VALUES(1,5,'u5');
INSERT INTO "users" VALUES(1,6,'u6');
CREATE INDEX ix_comparisons_dataset_id ON comparisons (dataset_id);
CREATE INDEX ix_runs_comparison_id ON runs (comparison_id);
CREATE UNIQUE INDEX ix_explanations_subject ON explanations (run_id, task, user_index, item_index);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('runs',1);
COMMIT;
