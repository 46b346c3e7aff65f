"""From a request to a judged result: in this process, or in a child that may crash, hang and print as it likes."""
