"""Every message in every language, as the program that was built last writes it."""
import asyncio
import os

from .asgi import send_json, send_page

SECONDS = 10


async def page(_scope, _receive, send):
    try:
        program = await asyncio.create_subprocess_exec(
            os.environ["ATOLL_LOCAL_FUNCTIONS"], "--preview-messages", stdout=asyncio.subprocess.PIPE)
        html, _ = await asyncio.wait_for(program.communicate(), SECONDS)
    except (OSError, asyncio.TimeoutError) as error:
        return await send_json(send, 503, {"message": f"The previews cannot be made: {error}"})
    await send_page(send, html)
