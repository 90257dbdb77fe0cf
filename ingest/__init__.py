"""From a publisher's file to records in the store."""
