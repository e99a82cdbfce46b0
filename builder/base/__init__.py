"""The shared vocabulary: errors, records, recipes, schemas, random streams, plain English."""
