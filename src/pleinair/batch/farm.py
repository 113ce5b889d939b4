"""Many jobs at a time: while one picture is painted, another is read or written. What fails stops no other."""

import warnings
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from pleinair.batch.plan import Job
from pleinair.errors import PleinairError, SettingError

MOST_WORKERS = 256
AHEAD = 2  # jobs handed out per worker, so that none waits for the next

Outcome = str | PleinairError


def done(
    jobs: Sequence[Job], paint: Callable[[Job], str], workers: int = 1
) -> Generator[tuple[Job, Outcome], None, None]:
    """Do the jobs by so many threads, and give each, as it is finished, with what `paint` returned or was refused by.

    Threads share one engine, and the runtime, Pillow and numpy work without Python's lock. One worker goes in order. If
    the caller stops, jobs that have begun are finished, and no other begins. Raises SettingError.
    """
    if not 1 <= workers <= MOST_WORKERS:
        raise SettingError(f"jobs at a time are 1 to {MOST_WORKERS}, not {workers}")
    if workers == 1:
        yield from ((job, _outcome(paint, job)) for job in jobs)
        return
    rest, running = iter(jobs), dict[Future[Outcome], Job]()
    with warnings.catch_warnings(), ThreadPoolExecutor(workers, "pleinair") as pool:
        # Reading silences warnings for its time, which is a setting of the whole process: threads would undo it for
        # each other.
        warnings.simplefilter("ignore")
        try:
            while True:
                for job in rest:
                    running[pool.submit(_outcome, paint, job)] = job
                    if len(running) >= AHEAD * workers:
                        break
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    yield running.pop(future), future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _outcome(paint: Callable[[Job], str], job: Job) -> Outcome:
    try:
        return paint(job)
    except PleinairError as error:
        return error
