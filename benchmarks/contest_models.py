"""The user as a pydantic model."""

from pydantic import BaseModel


class User(BaseModel):
    """One of the users."""

    alias: str
    first_name: str
    last_name: str
    password_hash: str
    image_url: str
    follower_count: int
    followee_count: int
