"""The words that everything is said in: errors, records, recipes, schemas, random streams, plain English."""
