"""The ceiling: what somebody writes by hand who wants nothing but speed."""
