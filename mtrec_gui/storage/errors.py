"""What can go wrong with a project file, each with what was found and what to do."""

from __future__ import annotations

from algorithms.errors import DataError, MtrecError, ProjectError, ResourceError

# --- files that cannot be opened --------------------------------------------------------------


class MissingProjectError(ProjectError):
    """A path at which there is no file."""

    template = "Cannot open {file}: there is no such file. Check the name, or create a new project."


class UnreadableProjectError(ProjectError):
    """A file that the system does not let us read."""

    template = "Cannot open {file}: the system refused with “{reason}”. Check its permissions."


class NotAProjectError(ProjectError):
    """A file that some other program wrote."""

    template = "Cannot open {file}: expected an MTRec project, found {found}. Choose a .mtrec file."


class NewerProjectError(ProjectError):
    """A file of a later version of the lab."""

    template = (
        "Cannot open {file}: it has format {found}, this version of the lab reads up to format "
        "{known}. Update the lab."
    )


class ForeignObjectError(ProjectError):
    """A file with a trigger, view, table or column that no version of the lab creates."""

    template = (
        "Cannot open {file}: {found} is not part of an MTRec project, and could run what it "
        "likes. Ask where the file comes from; do not use it."
    )


class DamagedProjectError(ProjectError):
    """A file that was a project once: something in it is not as it was written."""

    template = "{file} is damaged: {what} is not as it was written. Use a backup copy."


class TruncatedProjectError(DamagedProjectError):
    """A file whose end is missing."""

    template = (
        "Cannot open {file}: expected {expected} bytes, found {found}. "
        "Copy it again from where it came, or use a backup copy."
    )


class OlderReadOnlyError(ProjectError):
    """A file of an earlier version that cannot be upgraded where it lies."""

    template = (
        "Cannot open {file}: it has format {found} and must be upgraded to format {known}, but it "
        "cannot be written. Copy it to a folder of your own and open the copy."
    )


class InterruptedProjectError(ProjectError):
    """A write was cut off, and finishing it needs a folder that can be written."""

    template = (
        "Cannot open {file}: its last change was interrupted, and undoing it needs a folder that "
        "can be written. Copy the file together with {journal} to a folder of your own."
    )


class ClosedProjectError(ProjectError):
    """A project asked after it was closed."""

    template = "Cannot use {file}: the project was closed. Open it again."


# --- writes that the machine refused ----------------------------------------------------------


class ProjectExistsError(ResourceError):
    """A new project where there is a file already."""

    template = (
        "Cannot create {file}: a file of this name exists. Choose another name, or open that file."
    )


class MissingFolderError(ResourceError):
    """A new project in a folder that is not there."""

    template = "Cannot create {file}: there is no folder {folder}. Create it, or choose another."


class ReadOnlyFolderError(ResourceError):
    """A new project in a folder that cannot be written."""

    template = "Cannot create {file}: its folder is read-only. Choose a folder of your own."


class DiskFullError(ResourceError):
    """No room left."""

    template = (
        "Cannot write {file}: the disk is full. Free some space and try again; "
        "the file is as it was before."
    )


class ReadOnlyProjectError(ResourceError):
    """A file or folder that cannot be written."""

    template = (
        "Cannot write {file}: the file or its folder is read-only. Copy it to a folder of your "
        "own and open the copy; the file is as it was before."
    )


class BusyProjectError(ResourceError):
    """Another process holds the file."""

    template = (
        "Cannot use {file}: another program is writing to it. Close that program or wait a "
        "moment, then try again; nothing was changed."
    )


class WriteFailedError(ResourceError):
    """The disk itself failed."""

    template = (
        "Cannot use {file}: the disk reported “{reason}”. Check the disk and try again; "
        "the file is as it was before."
    )


# --- values that do not fit -------------------------------------------------------------------


class UnknownRecordError(MtrecError, KeyError):
    """An id that the project does not have."""

    template = "The project has no {what} {id}. Look at its list of {what}s again."


class NoDataError(MtrecError, KeyError):
    """The newest dataset of a project that has none."""

    template = "The project holds no data yet. Import a file first."


class FailedRunError(MtrecError, ValueError):
    """The result of a run that has none."""

    template = "Run {id} ({model}) failed, so it has no result. Run it again."


class UnstorableError(DataError):
    """An array of a type that a project does not keep, or a text that is not Unicode."""

    template = "Cannot store {what}: expected numbers, truth values or text, found {found}."


class DamageFound(Exception):  # noqa: N818 - internal; becomes a DamagedProjectError with its file
    """Something read from a project is not as it was written.

    Parameters
    ----------
    what : what is damaged, such as "label “click” of dataset 1"
    """

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)
