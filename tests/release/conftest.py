from tests.small.fixtures import finished_run, small_run

__all__ = ["finished_run", "small_run"]
