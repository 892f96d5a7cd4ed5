"""A caller-ID service of the usual kind: FastAPI, and for a pick one transaction in PostgreSQL and three turns with Redis.

    service.py fill FILE      makes the tables, and takes in the numbers of a file
    uvicorn service:app       GET /next-cid?to=&campaign=&agent=&ttl=

It is made as well as this kind allows: it reads one number at a time by an index and not the pool, two picks at once get
two numbers, and PostgreSQL is no more durable than the store is. POSTGRES and REDIS are URLs.
"""

import asyncio
import csv
import os
import sys
import time
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone

import asyncpg
import redis.asyncio as redis
from fastapi import FastAPI, HTTPException

TABLES = """
CREATE TABLE number (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, caller_id text UNIQUE, carrier text, area_code text,
  enabled boolean DEFAULT true, last_used timestamptz DEFAULT '-infinity');
CREATE INDEX number_by_use ON number (last_used, id) WHERE enabled;
CREATE INDEX number_by_area ON number (area_code, last_used, id) WHERE enabled;
CREATE TABLE request (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz, destination text, campaign text, agent text,
  number_id bigint);
"""
PICK = """
SELECT id, caller_id, carrier, area_code FROM number
WHERE enabled {} AND id <> ALL($1) ORDER BY last_used, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
IN_AREA, ANYWHERE = PICK.format("AND area_code = $2"), PICK.format("")
CALLS_PER_MINUTE = 1_000_000


@asynccontextmanager
async def connected(app):
    async with asyncpg.create_pool(os.environ["POSTGRES"], min_size=16, max_size=16) as app.state.database:
        async with redis.from_url(os.environ["REDIS"]) as app.state.redis:
            yield


app = FastAPI(lifespan=connected)


@app.get("/next-cid")
async def next_cid(to: str, campaign: str, agent: str, ttl: int):
    store, now = app.state.redis, datetime.now(timezone.utc)
    minute = f"agent:{agent}:{int(time.time()) // 60}"
    calls, _ = await store.pipeline(transaction=False).incr(minute).expire(minute, 120).execute()
    if calls > CALLS_PER_MINUTE:
        raise HTTPException(429, "Agent rate limit exceeded")
    async with app.state.database.acquire() as database, database.transaction():
        number, match = await reserve(database, store, to[-10:-7], ttl)
        await database.execute("UPDATE number SET last_used = $1 WHERE id = $2", now, number["id"])
        await database.execute(
            "INSERT INTO request (at, destination, campaign, agent, number_id) VALUES ($1, $2, $3, $4, $5)",
            now, to, campaign, agent, number["id"])
    hour, day = (f"used:{number['id']}:{now:{form}}" for form in ("%Y%m%d%H", "%Y%m%d"))
    await store.pipeline(transaction=False).incr(hour).expire(hour, 3600).incr(day).expire(day, 86_400).execute()
    return {"caller_id": number["caller_id"], "carrier": number["carrier"], "area_code": number["area_code"],
            "match": match, "meta": {}, "expires_at": now + timedelta(seconds=ttl), "campaign": campaign, "agent": agent}


async def reserve(database, store, area_code: str, ttl: int):
    tried = []
    while True:
        match = "area"
        number = await database.fetchrow(IN_AREA, tried, area_code)
        if number is None:
            match = "any"
            number = await database.fetchrow(ANYWHERE, tried)
        if number is None:
            raise HTTPException(404, "No available caller-ID found")
        if await store.set(f"reserved:{number['id']}", "1", nx=True, ex=ttl):
            return number, match
        tried.append(number["id"])


async def fill(path: str):
    database = await asyncpg.connect(os.environ["POSTGRES"])
    await database.execute(TABLES)
    with open(path, newline="") as file:
        rows = [(row["caller_id"], row["carrier"], row["caller_id"][:3]) for row in csv.DictReader(file)]
    await database.copy_records_to_table("number", records=rows, columns=["caller_id", "carrier", "area_code"])
    await database.execute("ANALYZE")
    await database.close()


if __name__ == "__main__":
    asyncio.run(fill(sys.argv[2]))
