"""What can go wrong with the databases; each message is one line that tells a person what to do."""


class WarehouseError(Exception):
    """The warehouse or the published database cannot be used as it is."""


class NewerWarehouse(WarehouseError):
    """A warehouse made by a newer version of this software."""


class WarehouseBusy(WarehouseError):
    """Another program holds the warehouse open."""


class UnfinishedCycle(WarehouseError):
    """What is stored does not come from one cycle, so it is not published."""
