"""--jobs 64 gives the same papers as one process; Windows can wait for 61 at most."""

from __future__ import annotations

from tools.ci.kit import contents, expect, new_folder, perfxl, sample_program


def main() -> None:
    with new_folder() as folder:
        program = sample_program(folder)
        for jobs in ("1", "64"):
            perfxl("documents", "contract", program, "-o", folder / jobs, "--jobs", jobs)
        alone, many = contents(folder / "1"), contents(folder / "64")
        expect(len(alone) > 50 and alone == many, f"{len(alone)} papers by one process, {len(many)} by 64")


if __name__ == "__main__":
    main()
