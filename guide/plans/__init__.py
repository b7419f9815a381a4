"""Plans, their actions, and which of them a service fulfils. One definition of coverage, used everywhere."""
