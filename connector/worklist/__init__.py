"""The work list: what people have to do today, the most urgent customer first. Pure but for its words.

``jobs`` finds what there is to do for one customer, ``company`` what stands in the way of all of them,
``notices`` what will;
``items`` puts lists together; ``words`` says it all in French or English
(``templates/<language>/worklist.toml``); ``mail`` makes it a message.
"""

from connector.worklist.company import CompanyStop, StopName, company_stops
from connector.worklist.items import WorkItem, concerns, desks, worklist
from connector.worklist.jobs import Job, JobName, jobs_of
from connector.worklist.mail import Desk, mail_key, write_mail
from connector.worklist.notices import CompanyNotice, NoticeName, access_notice

__all__ = [
    "CompanyNotice",
    "CompanyStop",
    "Desk",
    "Job",
    "JobName",
    "NoticeName",
    "StopName",
    "WorkItem",
    "access_notice",
    "company_stops",
    "concerns",
    "desks",
    "jobs_of",
    "mail_key",
    "worklist",
    "write_mail",
]
