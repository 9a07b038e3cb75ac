"""Every message in every language, as the program that was built last writes it."""
import asyncio
import os
from pathlib import Path

from .asgi import send_json, send_page

PROGRAM = Path(__file__).parents[4] / "target" / "debug" / "preview-messages"
SECONDS = 10


async def page(_scope, _receive, send):
    try:
        program = await asyncio.create_subprocess_exec(
            os.environ.get("ATOLL_PREVIEW", str(PROGRAM)), stdout=asyncio.subprocess.PIPE)
        html, _ = await asyncio.wait_for(program.communicate(), SECONDS)
    except (OSError, asyncio.TimeoutError) as error:
        return await send_json(send, 503, {"message": f"The previews cannot be made: {error}"})
    await send_page(send, html)
