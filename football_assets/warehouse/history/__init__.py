"""The past of matches, as Parquet files beside the warehouse."""
