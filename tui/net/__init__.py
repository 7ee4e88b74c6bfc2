"""The only importer of httpx: client, failure classifier, probes. No disk, no screens."""
