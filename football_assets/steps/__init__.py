"""What a cycle and a pulse do, a module a step: renew the live list, enrich it, publish. No Dagster here."""
