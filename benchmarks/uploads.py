"""Time and memory of recipient uploads: `python -m benchmarks.uploads`."""

import benchmarks  # noqa: F401  (sets Django up)
from tests.reports.estimates.upload_corpus import CASES, answer


def main() -> None:
    print("| file | KB | answer | seconds | memory |\n| --- | --- | --- | --- | --- |")
    for case in CASES:
        answered = answer(case)
        print(
            f"| {case.name} | {len(case.file()) / 1024:,.0f} | {answered.said} |"
            f" {answered.seconds:.2f} | {answered.peak_mb:.0f} MB |"
        )


if __name__ == "__main__":
    main()
