"""The office's commands of `guide`: mails, the audit log, people. One module a family; `cli` puts them together."""
