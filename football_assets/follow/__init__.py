"""What changed from one edition of the published file to the next, each change once: as lines, as JSON, as
Server-Sent Events. The source is the published file alone."""
