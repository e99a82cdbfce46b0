from tests.small.fixtures import finished_run, made_concepts, small_run

__all__ = ["finished_run", "made_concepts", "small_run"]
