"""Open untrusted files in processes with little memory, little time and no disk."""
