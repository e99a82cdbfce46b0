"""The offline painter: faces drawn from a person's appearance, with nothing downloaded."""
