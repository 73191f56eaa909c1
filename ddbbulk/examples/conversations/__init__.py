"""Conversations: direct messages between two users, all in a single table.

``python -m ddbbulk.examples.conversations --help`` tells the commands. A conversation
has one message group. The table holds two kinds of rows:

- a *group row* for each side, ``pk = GRP#{user_uuid}``, ``sk`` the time of the last
  message: what the list of that user's conversations shows. It holds the *other* user,
  and the last message.
- a *message*, ``pk = MSG#{message_group_uuid}``, ``sk`` the time it was sent, with
  whoever sent it.

Only group rows have the attribute ``message_group_uuid``; a message has it in its key.
So the index ``message-group-sk-index`` holds the group rows alone: to find the two of a
conversation takes one small query, however long that is, and a message costs nothing on
the index.
"""

from ddbbulk.examples.conversations.schema import create_request

__all__ = ["create_request"]
