"""Tools in the manner of public tool servers, written for this project: real nouns, flat arguments, natural questions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from gemwright.messages import ToolSpec
from training.questions import polish
from training.tools import TYPES, Tool, quote
from training.verbs import VERBS
from training.words import Draw, capital

__all__ = ["server_tools"]

_TABLE: Final = """
calendar|list_appointments|Lists appointments of a calendar between two days|calendar:word:Name of the calendar,from_day:date*:First day,to_day:date:Last day|what is on my calendar from {from_day}[ to {to_day}];which appointments do I have from {from_day}[ until {to_day}][ in the calendar {calendar}];show my schedule beginning {from_day}[ and ending {to_day}]
calendar|create_appointment|Creates an appointment|subject:title*:Title,day:date*:Day,hour:time:Time of day,guests:words:People to invite|put {subject} into my calendar on {day}[ at {hour}];plan {subject} for {day}[ at {hour}][ and invite {guests}];make an appointment {subject} on {day}[ with {guests}]
calendar|cancel_appointment|Cancels an appointment and tells the guests|appointment_id:ident*:Id of the appointment,reason:sentence:What to tell the guests|cancel the appointment {appointment_id}[ because {reason}];I cannot come to {appointment_id}, call it off[ and tell them {reason}]
calendar|find_free_slot|Finds a time when everybody is free|guests:words*:Who has to come,minutes:integer*:Length in minutes|when are {guests} free for {minutes} minutes;find {minutes} minutes for a meeting with {guests}
weather|get_forecast|Get the weather forecast for a location|location:city*:City name,days:integer:Number of days|what will the weather be in {location}[ for the next {days} days];will it rain in {location}[ in the next {days} days];forecast for {location}[, {days} days]
weather|get_conditions|Current weather conditions at a place|location:city*:City name,units:enum(metric/imperial):Units|how warm is it in {location} now[ in {units} units];what is the weather like in {location}[ ({units})];is it raining in {location}
weather|get_air_quality|Air quality index near coordinates|latitude:decimal*:Latitude,longitude:decimal*:Longitude|how good is the air at {latitude}, {longitude};air quality at latitude {latitude} and longitude {longitude}
time|tell_clock|Tells what time it is somewhere|zone:timezone*:IANA time zone|what time is it in {zone};tell me the time in {zone};how late is it at {zone}
time|shift_clock|Converts a clock time between zones|clock:time*:Time as HH:MM,from_zone:timezone*:Source time zone,to_zone:timezone*:Target time zone|if it is {clock} in {from_zone}, what time is it in {to_zone};convert {clock} from {from_zone} to {to_zone};what is {clock} {from_zone} time in {to_zone}
time|days_between|Number of days between two dates|first:date*:First date,second:date*:Second date|how many days are there from {first} to {second};days between {first} and {second}
docs|open_document|Open a text document and return everything in it|location:path*:Where the document is|what does {location} say;show me {location};read {location};print the contents of {location}
docs|save_document|Writes a document, replacing what was there|location:path*:Where to write,text:sentence*:New contents|write {text} to {location};save {text} as {location};put the text {text} into {location}
docs|list_folder|Lists what is in a folder|folder:path*:Folder to list|what is in the folder {folder};list {folder};show me everything in {folder};which files are in {folder}
docs|make_folder|Creates a folder with its parents|folder:path*:Folder to create|create the folder {folder};make a new directory {folder};I need a folder {folder}
docs|relocate_item|Moves or renames a file or folder|old_location:path*:Present place,new_location:path*:New place|move {old_location} to {new_location};rename {old_location} to {new_location};put {old_location} at {new_location}
docs|find_documents|Finds documents below a folder by a pattern of names|folder:path*:Where to begin,mask:glob*:Pattern of names|find all {mask} below {folder};search {folder} for files like {mask};which files under {folder} match {mask}
docs|document_facts|Size, owner and times of a document|location:path*:Which document|how big is {location};when was {location} changed;details of {location};who owns the file {location}
docs|peek_lines|First lines of a document|location:path*:Which document,lines:integer*:How many lines|show the first {lines} lines of {location};the top {lines} lines in {location}
vcs|record_changes|Records the staged changes with a message|workdir:path*:Working copy,note:sentence*:Message of the revision|commit in {workdir} with the message {note};record the changes in {workdir} as {note};save my staged work in {workdir}, message {note}
vcs|show_changes|Shows what was changed and not yet staged|workdir:path*:Working copy,context:integer:Lines around each change|what did I change in {workdir};show the unstaged differences in {workdir}[ with {context} lines of context]
vcs|working_state|Shows the state of the working copy|workdir:path*:Working copy|what is the state of the repository {workdir};is {workdir} clean;status of {workdir}
vcs|change_line|Switches to another line of development|workdir:path*:Working copy,line:ref*:Branch to switch to|switch to {line} in {workdir};check out the branch {line} in {workdir};go to {line} in the repo {workdir}
vcs|new_line|Creates a line of development|workdir:path*:Working copy,line:ref*:Name of the new branch,base:ref:Where it begins|create a branch {line} in {workdir}[ from {base}];start the new branch {line}[ based on {base}] in {workdir}
vcs|past_revisions|Shows earlier revisions|workdir:path*:Working copy,most:integer:How many at most|show the history of {workdir}[, {most} entries];the last [{most} ]commits in {workdir};what was committed in {workdir}[, at most {most}]
vcs|mark_ready|Puts files into the next revision|workdir:path*:Working copy,names:files*:Files to add|stage {names} in {workdir};add {names} to the index of {workdir}
vcs|unmark_all|Takes everything out of the next revision|workdir:path*:Working copy|unstage everything in {workdir};reset the index of {workdir}
tracker|open_ticket|Opens a ticket in a project|project:handle*:Project,summary:title*:One line,text:sentence:Long text,labels:words:Labels|file a bug in {project}: {summary};open a ticket {summary} in {project}[ with the text {text}];report {summary} to {project}[ with the labels {labels}]
tracker|find_tickets|Searches tickets across projects|words:phrase*:What to look for,state:enum(open/closed/all):State,most:integer:How many|find tickets about {words}[ that are {state}];search the issues for {words}[, at most {most}];are there [{state} ]bugs that mention {words}
tracker|comment_ticket|Adds a comment to a ticket|project:handle*:Project,ticket:integer*:Number,text:sentence*:Comment|comment on ticket {ticket} in {project}: {text};reply {text} on #{ticket} of {project};say {text} on issue {ticket} in {project}
tracker|assign_ticket|Gives a ticket to somebody|ticket:integer*:Number,person:person*:Who|give ticket {ticket} to {person};assign #{ticket} to {person};{person} should take care of ticket {ticket}
tracker|list_proposals|Lists proposed changes of a project|owner:handle*:Owner,project:handle*:Project,state:enum(open/closed/merged/all):State|show the [{state} ]pull requests of {owner}/{project};which changes are proposed in {owner}/{project}[, state {state}];list [{state} ]merge requests in the repository {project} of {owner}
tracker|copy_project|Makes your own copy of a project|owner:handle*:Owner,project:handle*:Project|fork {owner}/{project};make my own copy of the project {project} by {owner}
tracker|find_projects|Searches public projects|words:phrase*:Words,page:integer:Page|search for repositories about {words}[, page {page}];are there projects on {words};find code projects for {words}
tracker|read_project_file|Reads a file out of a project|owner:handle*:Owner,project:handle*:Project,location:path*:File,revision:ref:Branch or tag|show {location} from {owner}/{project}[ on {revision}];what is in the file {location} of {owner}/{project}[ at {revision}]
tables|run_statement|Runs a reading SQL statement|statement:sql*:SELECT statement|run {statement};query the database: {statement};execute {statement}
tables|change_rows|Runs an SQL statement that changes rows|statement:sql*:INSERT, UPDATE or DELETE|change the data with {statement};run the update {statement}
tables|show_tables|Lists the tables of the database||which tables are there;list all tables;what tables does the database have
tables|table_columns|Columns and types of one table|table:word*:Table|which columns does {table} have;describe the table {table};what is the schema of {table}
tables|export_table|Writes a table to a file|table:word*:Table,format:enum(csv/json/parquet):Format|export {table}[ as {format}];dump the table {table}[ to {format}]
web|load_page|Loads a web page and returns it as text|address:url*:Address,most_chars:integer:Longest text|get {address};fetch the page {address}[, at most {most_chars} characters];what is on {address};download the website {address}
web|find_on_web|Searches the web|words:phrase*:Search words,results:integer:How many results|search the web for {words};look up {words} online[, {results} results];google {words};find pages about {words}
web|find_nearby|Searches places and businesses|words:phrase*:What and where,results:integer:How many results|find {words} near me;which shops are there for {words}[, {results} of them];local search: {words}
browser|open_address|Opens an address in the browser|address:url*:Address|go to {address};open {address} in the browser;navigate to {address}
browser|press_element|Clicks an element|element:symbols*:CSS selector|click on {element};press the button {element};click {element}
browser|type_text|Types text into a field|element:symbols*:CSS selector,text:title*:Text|type {text} into {element};fill {element} with {text};enter {text} in the field {element}
browser|take_picture|Takes a picture of the page|name:slug*:Name of the picture,width:integer:Width in pixels,height:integer:Height in pixels|take a screenshot called {name}[ with width {width}][ and height {height}];capture the page as {name}
browser|run_script|Runs JavaScript in the page|script:code*:Script|run {script} in the page;evaluate {script} in the browser console
chat|post_text|Posts text to a channel|channel:ident*:Channel,text:sentence*:Text|post {text} in {channel};send {text} to the channel {channel};tell {channel}: {text};write {text} to {channel}
chat|answer_thread|Answers in a thread|channel:ident*:Channel,thread:numeral*:Time stamp of the thread,text:sentence*:Text|reply {text} to the thread {thread} in {channel};answer in {channel}, thread {thread}: {text}
chat|react|Adds a reaction to a message|channel:ident*:Channel,message:numeral*:Time stamp,emoji:word*:Name of the reaction|react with {emoji} to {message} in {channel};add the reaction {emoji} to the message {message} in {channel}
chat|list_rooms|Lists the rooms of the workspace|most:integer:How many at most|which channels are there[, at most {most}];list all rooms;show me [{most} ]channels
chat|past_messages|Latest messages of a channel|channel:ident*:Channel,most:integer:How many|what was said in {channel}[, the last {most} messages];read [the last {most} messages of ]{channel};history of the channel {channel}
chat|member_card|Profile of a member|member:ident*:Id of the member|who is {member};show the profile of the user {member};details of the member {member}
notes|remember_facts|Stores facts about something|about:person*:What it is about,facts:phrases*:Facts|remember about {about}: {facts};note that for {about} the facts are {facts};store {facts} about {about}
notes|forget|Forgets things by their names|names:words*:Names|forget {names};delete {names} from memory
notes|recall|Searches what is remembered|words:phrase*:What to look for|what do you know about {words};search your memory for {words};do you remember {words}
notes|recall_all|Returns everything that is remembered||show everything you know;read the whole memory;what is in the knowledge graph
notes|link_things|Stores a relation between two things|source:person*:From,target:person*:To,relation:slug*:How they relate|remember that {source} is related to {target} by {relation};link {source} to {target} as {relation}
mail|send_letter|Sends an e-mail|to:email*:Recipient,subject:title*:Subject,body:sentence*:Text,copy_to:email:Copy|mail {body} to {to} with the subject {subject};send an e-mail to {to}, subject {subject}, saying {body}[, copy to {copy_to}]
mail|find_letters|Searches the mail box|words:phrase*:Words,sender:email:Sender,unread:bool:Only unread|find mails about {words}[ from {sender}];search my inbox for {words};is there mail on {words}[ sent by {sender}]
cloud|list_pods|Lists pods of a namespace|namespace:word*:Namespace|which pods run in {namespace};list the pods of {namespace};show pods in the namespace {namespace}
cloud|pod_output|Output of a pod|pod:ident*:Pod,namespace:word:Namespace,tail:integer:Lines from the end|show the logs of {pod}[ in {namespace}][, last {tail} lines];what did the pod {pod} print
cloud|set_replicas|Scales a deployment|deployment:slug*:Deployment,replicas:integer*:How many|scale {deployment} to {replicas};run {replicas} copies of {deployment}
cloud|drop_bucket_object|Deletes an object of a bucket|bucket:word*:Bucket,key:path*:Key|delete {key} from the bucket {bucket};remove the object {key} in {bucket}
home|set_heating|Sets the temperature of a room|room:word*:Room,degrees:signed*:Degrees|set {room} to {degrees} degrees;make it {degrees} degrees in the {room};heat the {room} to {degrees}
home|switch_lamp|Switches a lamp|lamp:word*:Lamp,on:bool*:On or off|switch the lamp {lamp} with on set to {on};lamp {lamp}, on: {on}
music|play_song|Plays a song|song:title*:Song,artist:person:Artist|play {song}[ by {artist}];I want to hear {song}[ from {artist}];put on {song}
maps|find_route|Finds a way between two places|start:city*:Start,goal:city*:Goal,means:enum(car/bike/foot/train):Means|how do I get from {start} to {goal}[ by {means}];route from {start} to {goal}[ by {means}];directions to {goal} from {start}[, {means}]
maps|place_coordinates|Coordinates of an address|place:city*:Address|where is {place};what are the coordinates of {place};find {place} on the map
money|exchange|Converts an amount between currencies|amount:number*:Amount,source:caps*:Currency,target:caps*:Currency|convert {amount} {source} to {target};how much is {amount} {source} in {target};change {amount} {source} into {target}
money|share_price|Price of a share|symbol:caps*:Ticker symbol|what is {symbol} trading at;price of {symbol};how much is a share of {symbol}
text|translate_text|Translates text|text:sentence*:Text,target:nonce*:Language|translate {text} into {target};what is {text} in {target};how do you say {text} in {target}
text|count_words|Counts the words of a text|text:sentence*:Text|how many words are in {text};count the words of {text}
math|evaluate|Evaluates an arithmetic expression|expression:symbols*:Expression|calculate {expression};what is {expression};work out {expression}
shop|find_products|Searches products|words:phrase*:Words,cheapest:number:Lowest price,dearest:number:Highest price|find {words}[ from {cheapest}][ up to {dearest}];search the shop for {words}[ for at most {dearest}]
shop|order_state|Where an order is|order:ident*:Order number|where is my order {order};track {order};has {order} been shipped
travel|find_flights|Searches flights|start:city*:From,goal:city*:To,day:date*:Day,seats:integer:Seats|flights from {start} to {goal} on {day}[ for {seats} people];I want to fly from {start} to {goal} on {day}[, {seats} seats]
travel|book_room|Books a hotel room|hotel:title*:Hotel,arrival:date*:Arrival,nights:integer*:Nights|book {nights} nights at {hotel} from {arrival};reserve a room in {hotel} on {arrival} for {nights} nights
"""
_SLOT: Final = re.compile(r"\{(\w+)\}")
_OPTION: Final = re.compile(r"\[([^\]]*)\]")
_QUOTED: Final = frozenset(("sentence", "phrase", "title", "symbols", "sql", "code"))
_OTHER_NAMES: Final = {
    "location": ("path", "file_path", "file", "location"), "folder": ("path", "directory", "folder", "dir"),
    "workdir": ("repo_path", "repository", "workdir", "path"), "words": ("query", "q", "words", "search_query", "term"),
    "most": ("limit", "max_count", "most", "max_results"), "text": ("text", "content", "message", "body"),
    "project": ("repo", "repository", "project", "project_name"), "address": ("url", "address", "link"),
    "zone": ("timezone", "zone", "tz"), "statement": ("query", "sql", "statement"), "table": ("table", "table_name"),
    "channel": ("channel_id", "channel", "room"), "element": ("selector", "element", "target"),
    "ticket": ("ticket", "issue_number", "number"), "names": ("names", "files", "items"), "line": ("branch", "branch_name", "line"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Entry:
    domain: str
    name: str
    text: str
    arguments: tuple[tuple[str, str, bool, str], ...]
    asks: tuple[str, ...]


def _read() -> dict[str, list[_Entry]]:
    found: dict[str, list[_Entry]] = {}
    for line in _TABLE.strip().split("\n"):
        domain, name, text, arguments, asks = line.split("|")
        split = [part.split(":", 2) for part in re.split(r",(?=\w+:)", arguments) if part]
        entry = _Entry(domain, name, text, tuple((n, kind.rstrip("*"), kind.endswith("*"), says) for n, kind, says in split), tuple(asks.split(";")))
        found.setdefault(domain, []).append(entry)
    return found


_DOMAINS: Final = _read()
_GIVES: Final = {"list": "list", "find": "list", "show": "list", "past": "list"}


def _value(draw: Draw, kind: str) -> Any:
    if kind.startswith("enum("):
        return draw.one(kind[5:-1].split("/"))
    if kind == "bool":
        return draw.chance(0.5)
    if kind in ("words", "files", "phrases"):
        one = {"words": "word", "files": "path", "phrases": "title"}[kind]
        return list(dict.fromkeys(str(draw.value(one)) for _ in range(draw.whole(1, 4))))
    value = draw.value(kind)
    return value if kind in TYPES else str(value)


def _shown(draw: Draw, kind: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        texts = [f'"{one}"' if kind == "phrases" or draw.chance(0.1) else str(one) for one in value]
        return texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + " and " + texts[-1]
    text = str(value)
    return quote(draw, text) if kind in _QUOTED and (" " in text or draw.chance(0.8)) else text


def _tool(draw: Draw, entry: _Entry, prefix: str) -> Tool:
    renamed = {name: draw.one(_OTHER_NAMES.get(name, (name,))) if draw.chance(0.6) else name for name, *_ in entry.arguments}
    if len(set(renamed.values())) < len(renamed):
        renamed = {name: name for name in renamed}
    properties: dict[str, Any] = {}
    described = draw.chance(0.75)
    number = draw.one(("integer", "number"))
    for name, kind, _, says in draw.random.sample(entry.arguments, len(entry.arguments)):
        schema: dict[str, Any] = {"type": "array", "items": {"type": "string"}} if kind in ("words", "files", "phrases") else {"type": "boolean" if kind == "bool" else number if TYPES.get(kind) == "integer" else TYPES.get(kind, "string")}
        if kind.startswith("enum("):
            schema["enum"] = kind[5:-1].split("/")
        if described:
            schema["description"] = says
        properties[renamed[name]] = schema
    parameters: dict[str, Any] = {"type": "object", "properties": properties}
    required = [renamed[name] for name, _, needed, _ in entry.arguments if needed]
    if required:
        parameters["required"] = required
    text = entry.text + draw.one((".", "", ".", f". Part of the {draw.word()} service.", ". Returns text.", f". {capital(draw.words(draw.whole(3, 9)))}."))
    kinds = {name: kind for name, kind, _, _ in entry.arguments}

    def fill(inner: Draw) -> tuple[str, dict[str, Any]]:
        text = _OPTION.sub(lambda match: match[1] if inner.chance(0.45) else "", inner.one(entry.asks))
        given: dict[str, Any] = {}

        def put(match: re.Match[str]) -> str:
            given[renamed[match[1]]] = value = _value(inner, kinds[match[1]])
            return _shown(inner, kinds[match[1]], value)

        question = _SLOT.sub(put, text)
        return polish(inner, question, not question.startswith(("I ", "if", "are", "is ", "do ", "will", "has", "when", "where", "who", "days", "flights", "forecast"))), given

    verb = VERBS["list" if entry.name.split("_")[0] in _GIVES else "get"]
    noun = entry.name.replace("_", " ").split(" ", 1)[-1]
    name = prefix + entry.name
    if draw.chance(0.2):
        parts = entry.name.split("_")
        name = prefix + parts[0] + "".join(capital(part) for part in parts[1:])
    return Tool(ToolSpec(name, text, parameters), verb, noun, (), (), False, "", fill)


def server_tools(draw: Draw, count: int) -> list[Tool]:
    """Return so many tools of one or two servers, in any order."""
    domains = draw.random.sample(list(_DOMAINS), len(_DOMAINS))
    found: list[Tool] = []
    for domain in domains:
        prefix = draw.one(("", "", "", domain + "_", domain + "-", draw.plain() + "_"))
        entries = _DOMAINS[domain]
        for entry in draw.random.sample(entries, min(len(entries), count - len(found))):
            found.append(_tool(draw, entry, prefix))
        if len(found) >= count:
            break
    draw.random.shuffle(found)
    return found
