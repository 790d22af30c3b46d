"""What managers, reporters and raters are asked to fill in, and who is asked.

jobs        the kinds of sheets that go out, each with the table that its answers belong to
recipients  who gets a file, and of whose rows
due         the rows of each job, for each recipient
"""

from perfxl.core.requests.due import Request, ask
from perfxl.core.requests.jobs import JOBS, PREVIEW, Job
from perfxl.core.requests.recipients import AUDIENCES, Recipient, choose_people

__all__ = ["AUDIENCES", "JOBS", "PREVIEW", "Job", "Recipient", "Request", "ask", "choose_people"]
