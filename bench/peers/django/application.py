"""The server of the peer Django Channels: its tutorial's consumer without JSON; with a Redis, channels_redis."""

import gc
import os
import signal

import django
from django.conf import settings

# A full layer drops messages. This capacity exceeds the most messages that the benchmark keeps in flight.
CAPACITY = 1000
REDIS_URL = os.environ.get("REDIS_URL")

if REDIS_URL:
    layer = {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "capacity": CAPACITY},
    }
else:
    layer = {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": CAPACITY}}

settings.configure(ALLOWED_HOSTS=["*"], CHANNEL_LAYERS={"default": layer}, INSTALLED_APPS=["channels"], SECRET_KEY="bench")
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402


class RoomConsumer(AsyncWebsocketConsumer):
    async def connect(self):
        self.group = "room_%s" % self.scope["url_route"]["kwargs"]["room"]
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, close_code):
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data):
        await self.channel_layer.group_send(self.group, {"type": "room.message", "text": text_data})

    async def room_message(self, event):
        await self.send(text_data=event["text"])


class EchoConsumer(AsyncWebsocketConsumer):
    async def receive(self, text_data):
        await self.send(text_data=text_data)


application = ProtocolTypeRouter(
    {"websocket": URLRouter([path("rooms/<str:room>/", RoomConsumer.as_asgi()), path("echo/", EchoConsumer.as_asgi())])}
)

signal.signal(signal.SIGUSR2, lambda *_: gc.collect())
