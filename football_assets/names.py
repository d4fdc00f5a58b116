"""Names that Dagster and several of our folders share: the job, its assets, the tags of a run."""

#: The job of a cycle, and the sensor that starts it.
CYCLE_JOB = "cycle"
CYCLE_SENSOR = "cycle_sensor"

#: The sensor that keeps the pulses between the cycles going.
PULSE_SENSOR = "pulse_sensor"

#: The tag of a run with the moment of its tick: ISO 8601 in UTC, with fractions.
TICK_TAG = "football/tick_at"

#: A run with this tag is in no hurry: it leaves the process that waits to the next cycle.
PATIENT_TAG = "football/patient"

#: A run with this tag is ended after so many seconds, whatever it does.
TIME_LIMIT_TAG = "football/time_limit_seconds"

#: The tag of a run with the host whose processes work on it, where several machines share Dagster's record.
HOST_TAG = "football/host"

#: The asset whose materialisation ends a cycle.
PUBLISHED_ASSET = "football_db"

#: The asset of the lake, where there is one.
LAKE_ASSET = "lake"


def history_folder(*, simulated: bool) -> str:
    """The name of the folder of the history's files, beside the published file: real and simulated data have
    one each."""
    return "history-simulated" if simulated else "history"
