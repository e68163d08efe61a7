"""Charging in fewer and cheaper statements: docs/performance.md says what each is worth."""

from pathlib import Path

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


def run(name: str) -> migrations.RunSQL:
    return migrations.RunSQL((SQL / name).read_text(encoding="utf-8"), migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_correction_requests"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="chatmessage",
            name="chat_adds_up",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="entry",
            name="entry_equals_its_messages",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="internationalmessage",
            name="international_adds_up",
        ),
        migrations.AlterField(
            model_name="chatmessage",
            name="charge",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="%(class)ss",
                to="ledger.charge",
            ),
        ),
        migrations.AlterField(
            model_name="chatmessage",
            name="entry",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="%(class)ss",
                to="ledger.entry",
            ),
        ),
        migrations.AlterField(
            model_name="internationalmessage",
            name="charge",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="%(class)ss",
                to="ledger.charge",
            ),
        ),
        migrations.AlterField(
            model_name="internationalmessage",
            name="entry",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="%(class)ss",
                to="ledger.entry",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chatmessage",
            trigger=pgtrigger.compiler.Trigger(
                name="chat_adds_up",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE touched record;",
                    func="\n                FOR touched IN SELECT DISTINCT location_id, charge_id, entry_id FROM added LOOP\n                    PERFORM 1 FROM ledger_charge c\n                      WHERE c.id = touched.charge_id AND c.location_id = touched.location_id;\n                    IF NOT FOUND THEN\n                        RAISE EXCEPTION 'a message belongs to a charge of its location'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'message_location';\n                    END IF;\n                    CONTINUE WHEN touched.entry_id IS NULL;\n                    PERFORM 1 FROM ledger_entry e\n                      WHERE e.id = touched.entry_id AND e.charge_id = touched.charge_id;\n                    IF NOT FOUND THEN\n                        RAISE EXCEPTION 'a message belongs to an entry of its charge'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'message_entry';\n                    END IF;\n                    PERFORM ledger_check_messages(touched.entry_id);\n                END LOOP;\n                RETURN NULL;\n            ",
                    hash="cb684ef8a69ffe5c0353c8092c7f3cdb493cae6d",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_chat_adds_up_a355c",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="ledger_chatmessage",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="entry_has_its_messages",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"kind\" IN ('international_text', 'international_voice', 'chat', 'reversal'))",
                    constraint="CONSTRAINT",
                    func="\n                    IF (CASE NEW.kind\n                        WHEN 'chat' THEN EXISTS (\n                            SELECT 1 FROM ledger_chatmessage WHERE entry_id = NEW.id)\n                        WHEN 'reversal' THEN EXISTS (\n                            SELECT 1 FROM ledger_internationalmessage WHERE reversal_id = NEW.id\n                            UNION ALL\n                            SELECT 1 FROM ledger_chatmessage WHERE reversal_id = NEW.id)\n                        ELSE EXISTS (\n                            SELECT 1 FROM ledger_internationalmessage WHERE entry_id = NEW.id)\n                    END) THEN\n                        RETURN NULL;\n                    END IF;\n                    RAISE EXCEPTION 'entry % of location % has no messages',\n                        NEW.number, NEW.location_id\n                        USING ERRCODE = 'check_violation',\n                              CONSTRAINT = 'entry_equals_its_messages';\n                ",
                    hash="0ce9d2af45ac8250a62c4da2f1eed21e36a616c3",
                    operation="INSERT",
                    pgid="pgtrigger_entry_has_its_messages_3dee2",
                    table="ledger_entry",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="internationalmessage",
            trigger=pgtrigger.compiler.Trigger(
                name="international_adds_up",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE touched record;",
                    func="\n                FOR touched IN SELECT DISTINCT location_id, charge_id, entry_id FROM added LOOP\n                    PERFORM 1 FROM ledger_charge c\n                      WHERE c.id = touched.charge_id AND c.location_id = touched.location_id;\n                    IF NOT FOUND THEN\n                        RAISE EXCEPTION 'a message belongs to a charge of its location'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'message_location';\n                    END IF;\n                    CONTINUE WHEN touched.entry_id IS NULL;\n                    PERFORM 1 FROM ledger_entry e\n                      WHERE e.id = touched.entry_id AND e.charge_id = touched.charge_id;\n                    IF NOT FOUND THEN\n                        RAISE EXCEPTION 'a message belongs to an entry of its charge'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'message_entry';\n                    END IF;\n                    PERFORM ledger_check_messages(touched.entry_id);\n                END LOOP;\n                RETURN NULL;\n            ",
                    hash="a8b75676b14463c412c4d5d71c5695a893a2068b",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_international_adds_up_d5431",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="ledger_internationalmessage",
                    when="AFTER",
                ),
            ),
        ),
        run("0004_append.sql"),
        run("0004_charge.sql"),
        # Every charge updates its balance's row: half of each page is kept free for that.
        migrations.RunSQL(
            "ALTER TABLE ledger_balance SET (fillfactor = 50)",
            "ALTER TABLE ledger_balance RESET (fillfactor)",
        ),
        run("0002_no_ignoring.sql"),
    ]
