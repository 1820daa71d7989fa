"""What tools do: verbs with the pieces of names, questions and descriptions that go with them.

Questions and descriptions of one verb share some words and paraphrase others, so that choosing a tool needs more than
equal words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["VERBS", "Verb"]


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb.

    Attributes:
        key: its own name.
        names: pieces of tool names.
        asks: questions and commands with a place for the noun, `{n}`.
        says: descriptions with the same place.
        gives: what comes back: `value`, `list`, `count` or `done`.
    """

    key: str
    names: tuple[str, ...]
    asks: tuple[str, ...]
    says: tuple[str, ...]
    gives: str


_TABLE: Final = """
get/get,fetch,read,show,retrieve/get the {n};show me the {n};look up the {n};what is the {n};give me the {n};tell me the {n};I need the {n}/Get the {n};Look up the {n};Returns the {n};Retrieve the {n};Fetch details of a {n}/value
current/get_current,current,now/what is the current {n};what is the {n} now;tell me the {n} right now/Get the current {n};Returns the present {n};Current {n}/value
details/get,describe,inspect,view/describe the {n};give me details of the {n};tell me about the {n};inspect the {n}/Get details of a {n};Describe a {n};Detailed information about a {n}/value
status/status,check,get_status/what is the status of the {n};check the {n};how is the {n} doing;is the {n} okay/Show the status of the {n};Report the state of a {n};Check the {n} state/value
read/read,open,load,cat/read the {n};open the {n};what does the {n} say;show what is in the {n};load the {n}/Read the complete contents of a {n};Read a {n};Load a {n} and return its text;Open the {n}/value
list/list,get_all,show_all/list the {n}s;which {n}s are there;show all {n}s;what {n}s do we have;give me every {n}/List {n}s;Get a listing of all {n}s;Returns all available {n}s;Enumerate {n}s/list
search/search,find,query,lookup/search for {n}s;find {n}s;look for {n}s;search the {n}s;are there any {n}s/Search for {n}s;Find {n}s that match;Full text search over {n}s;Query the {n} index/list
filter/filter,select/filter the {n}s;select {n}s;show only {n}s/Filter {n}s by a condition;Select matching {n}s/list
history/history,log,get_history/show the history of the {n};what happened to the {n};show the {n} log;list past changes of the {n}/Show the history of a {n};Returns the {n} logs;List earlier versions of a {n}/list
recent/list_recent,latest,recent/what are the latest {n}s;show recent {n}s;the newest {n}s/List the most recent {n}s;Newest {n}s first/list
count/count,total,number_of/count the {n}s;how many {n}s are there;what is the number of {n}s;tell me how many {n}s we have/Count {n}s;Number of {n}s;Returns how many {n}s exist/count
create/create,make,new,open/create a {n};make a new {n};set up a {n};I need a new {n};open a new {n}/Create a new {n};Make a {n};Creates a {n} in the system/done
add/add,insert,append/add a {n};put in a {n};insert a {n};add this {n}/Add a {n};Insert a new {n};Append a {n} to the list/done
update/update,edit,modify,change/update the {n};change the {n};edit the {n};modify the {n}/Update an existing {n};Modify a {n};Edit the fields of a {n}/done
replace/replace,substitute/replace the {n};swap the {n}/Replace a {n} with another;Substitute the {n}/done
delete/delete,remove,erase/delete the {n};remove the {n};get rid of the {n};erase the {n};throw away the {n}/Delete a {n};Remove a {n} for good;Permanently deletes the {n}/done
clear/clear,empty,purge/clear the {n};empty the {n};wipe the {n}/Clear the {n};Remove everything from the {n}/done
write/write,save,store/write the {n};save the {n};store the {n}/Write a {n}, replacing what is there;Save a {n};Store a {n}/done
move/move,relocate/move the {n};bring the {n} elsewhere;shift the {n}/Move a {n} to another place;Relocate a {n}/done
rename/rename/rename the {n};give the {n} another name;call the {n} something else/Rename a {n};Change the name of a {n}/done
copy/copy,duplicate,clone/copy the {n};duplicate the {n};make a copy of the {n};clone the {n}/Copy a {n};Duplicate a {n};Clone a {n}/done
send/send,post,deliver/send a {n};post a {n};send the {n};write a {n} to them/Send a {n};Post a {n};Deliver a {n} to somebody/done
reply/reply,answer,respond/reply to the {n};answer the {n};respond to the {n}/Reply to a {n};Post an answer to a {n}/done
forward/forward,pass_on/forward the {n};pass on the {n}/Forward a {n};Pass a {n} on to others/done
convert/convert,to/convert the {n};change the {n} over;turn the {n}/Convert a {n};Convert between {n} formats;Transform a {n} into another form/value
translate/translate/translate the {n};put the {n} in another language/Translate a {n};Translate {n}s between languages/value
compute/calculate,compute/calculate the {n};compute the {n};work out the {n};what does the {n} come to/Calculate the {n};Compute a {n};Works out a {n} from its inputs/value
compare/compare,diff/compare the {n}s;what is the difference between the {n}s;diff the {n}s/Compare two {n}s;Show differences between {n}s/value
validate/validate,verify/validate the {n};verify the {n};is the {n} valid/Validate a {n};Verify that a {n} is correct/value
analyze/analyze,analyse/analyze the {n};study the {n};look closely at the {n}/Analyze a {n};Detailed analysis of a {n}/value
summarize/summarize,digest/summarize the {n};give a summary of the {n};sum up the {n}/Summarize a {n};Returns a short digest of the {n}/value
run/run,execute,exec/run the {n};execute the {n};start off the {n}/Run a {n};Execute a {n} and return its output/value
start/start,launch,begin/start the {n};launch the {n};begin the {n};switch on the {n}/Start a {n};Launch the {n};Begin a new {n}/done
stop/stop,halt,end/stop the {n};end the {n};halt the {n};shut down the {n}/Stop a {n};Halt the running {n}/done
restart/restart,reboot/restart the {n};reboot the {n};start the {n} again/Restart a {n};Stop and start the {n} again/done
pause/pause,suspend/pause the {n};suspend the {n};hold the {n}/Pause a {n};Suspend the {n} for a while/done
resume/resume,continue/resume the {n};continue the {n};go on with the {n}/Resume a paused {n};Continue the {n}/done
cancel/cancel,abort/cancel the {n};abort the {n};call off the {n}/Cancel a {n};Abort a pending {n}/done
commit/commit,record/commit the {n}s;commit the {n};record the {n}/Record {n}s in the repository;Commit the {n};Commits staged {n}s/done
checkout/checkout,switch/switch to the {n};check out the {n};change over to the {n};go to the {n}/Switch to a {n};Check out a {n};Switches {n}s/done
fork/fork/fork the {n};make our own fork of the {n}/Fork a {n} to your account;Create a fork of a {n}/done
merge/merge,join,combine/merge the {n};join the {n}s;combine the {n}s/Merge a {n};Combine {n}s into one/done
push/push,publish,upload/push the {n};publish the {n};upload the {n}/Push a {n};Publish a {n};Upload a {n} to the server/done
pull/pull,download,import/download the {n};pull the {n};import the {n};get a copy of the {n}/Download a {n};Pull a {n};Import a {n} from elsewhere/done
export/export,dump/export the {n};dump the {n};write out the {n}/Export a {n};Dump the {n} to a file/done
reset/reset,restore,revert/reset the {n};undo the {n};restore the {n};revert the {n}/Reset the {n};Restore a {n} to its earlier state;Unstage or revert the {n}/done
stage/stage,add/stage the {n}s;add the {n}s to the index;mark the {n}s as ready/Add {n}s to the staging area;Stage {n} contents/done
tag/tag,label,mark/tag the {n};label the {n};mark the {n}/Tag a {n};Put a label on a {n};Mark the {n}/done
assign/assign,give/assign the {n};give the {n} to somebody;hand over the {n}/Assign a {n} to a user;Set who is responsible for a {n}/done
close/close,resolve,finish/close the {n};resolve the {n};finish the {n};settle the {n}/Close a {n};Mark a {n} as resolved/done
approve/approve,accept/approve the {n};accept the {n};agree to the {n}/Approve a {n};Accept the {n}/done
reject/reject,decline/reject the {n};decline the {n};turn down the {n}/Reject a {n};Decline the {n}/done
subscribe/subscribe,follow,watch/subscribe to the {n};follow the {n};watch the {n}/Subscribe to a {n};Follow changes of a {n}/done
notify/notify,alert,remind/notify them of the {n};alert about the {n};remind us of the {n}/Notify users about a {n};Send an alert on the {n}/done
schedule/schedule,plan/schedule the {n};plan the {n};put the {n} on the calendar/Schedule a {n};Plan a {n} for later/done
book/book,reserve/book a {n};reserve a {n};get us a {n}/Book a {n};Reserve a {n}/done
buy/buy,order,purchase/buy a {n};order a {n};purchase a {n}/Buy a {n};Place an order for a {n}/done
pay/pay,charge/pay the {n};pay for the {n};settle the bill for the {n}/Pay a {n};Charge for the {n}/done
set/set,configure,adjust/set the {n};adjust the {n};configure the {n};put the {n}/Set the {n};Configure the {n};Adjust a {n}/done
toggle/toggle,enable,turn_on/enable the {n};turn on the {n};activate the {n}/Enable a {n};Activate the {n};Turn the {n} on/done
disable/disable,turn_off/disable the {n};turn off the {n};deactivate the {n}/Disable a {n};Deactivate the {n};Turn the {n} off/done
lock/lock,protect/lock the {n};protect the {n};secure the {n}/Lock a {n};Protect the {n} from changes/done
unlock/unlock,release/unlock the {n};free the {n}/Unlock a {n};Release the {n}/done
share/share,grant/share the {n};let others see the {n};give access to the {n}/Share a {n};Grant access to a {n}/done
invite/invite/invite somebody to the {n};ask them to join the {n}/Invite a user to a {n}/done
connect/connect,link,attach/connect the {n};link the {n};attach the {n}/Connect a {n};Link a {n} with another;Attach the {n}/done
play/play,listen/play the {n};I want to hear the {n};put on the {n}/Play a {n};Start playback of a {n}/done
draw/draw,render,plot,generate/draw the {n};render the {n};plot the {n};generate a {n}/Render a {n};Draw the {n};Generate a {n} as an image/done
navigate/navigate,goto,visit/go to the {n};visit the {n};navigate to the {n}/Navigate to a {n};Open a {n} in the browser/done
click/click,press,tap/click the {n};press the {n};tap on the {n}/Click a {n} on the page;Press the {n}/done
fill/fill,type,enter/fill in the {n};type into the {n};enter the {n}/Fill out an input {n};Type text into a {n}/done
fetch/fetch,crawl,scrape/fetch the {n};crawl the {n};scrape the {n};get the content of the {n}/Fetches a {n} from the internet and extracts its contents;Crawl a {n};Download a {n} as markdown/value
detect/detect,classify,recognize/detect the {n};which {n} is this;recognize the {n}/Detect the {n};Classify a {n};Recognize which {n} it is/value
predict/predict,forecast,estimate/predict the {n};what will the {n} be;estimate the {n};forecast the {n}/Predict the {n};Estimate a future {n};Forecast the {n}/value
tree/tree,structure/show the tree of the {n};show the structure of the {n};what is the layout of the {n}/Get a recursive tree view of the {n};Structure of a {n}/value
group/group,aggregate/group the {n}s;aggregate the {n}s;break down the {n}s/Group {n}s by a field;Aggregate {n}s/list
sort/sort,rank/sort the {n}s;rank the {n}s;order the {n}s/Sort {n}s;Rank {n}s/list
allowed/list_allowed,permissions/which {n}s may I use;what {n}s are allowed;which {n}s do I have access to/Returns the {n}s that this server may access;List permitted {n}s/list
log/log,track,note/log a {n};note down the {n};keep track of the {n};remember the {n}/Log a {n};Record a {n} for later;Remember a {n}/done
"""


def _read() -> dict[str, Verb]:
    found: dict[str, Verb] = {}
    for line in _TABLE.strip().split("\n"):
        key, names, asks, says, gives = line.split("/")
        found[key] = Verb(key, tuple(names.split(",")), tuple(asks.split(";")), tuple(says.split(";")), gives)
    return found


VERBS: Final = _read()
"""Verbs by key."""
