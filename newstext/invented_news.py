"""Sentences as news writes them, invented, to learn names from: where Wikipedia and short messages have none like them.

{p} is a person's full name, {l} a last name, {t} a town, {c} a country, {o} an
organisation; all other capitals are no names.
"""

SENTENCES = """
{t} ({o}) — At least 12 people were killed and 30 wounded on Monday when a bus left the road near {t} , {c} .
{t} , {c} ({o}) - Police said on Tuesday that they had arrested two men over the theft .
Mr. {l} said he would appeal . Mrs. {l} declined to comment .
President {p} met Prime Minister {p} in {t} on Thursday , a day after talks in {t} .
Sen. {p} , D-{t} , and Rep. {p} , R-{t} , asked the committee to wait until Nov. 5 .
“ We did all we could , ” {l} said . “ The rest is up to them . ”
{p} , 34 , a driver from {t} , was charged with murder on Friday .
{l} 's lawyer , {p} , told reporters outside the court that his client was innocent .
The company , based in {t} , said sales rose 4 percent in the quarter that ended in Sept .
{o} shares fell 3.2 percent to $ 18.50 in New York trading on Wednesday .
{o} said in a statement that it would cut 1,200 jobs in {c} and {c} .
Police Chief {p} said the fire began about 3 a.m. in a house on Oak Street in {t} .
According to {o} , the quake struck 20 km north of {t} at a depth of 10 km .
In {t} , crowds waited for hours . In {c} , nobody came .
FILE - In this Oct. 3 , 2013 , file photo , {p} arrives at a hearing in {t} .
Coach {p} said {l} would play on Sunday . {l} scored twice against {t} last week .
{t} beat {t} 3-1 on Saturday . {l} and {l} scored for the home side .
Dr. {p} of {o} , who was not involved in the study , called the findings important .
{c} and {c} signed a deal on gas . The two countries had talked since May .
The {o} ({o}) called on {c} to free the journalists .
Foreign Minister {p} arrived in {t} late on Sunday , {o} reported .
Gen. {p} , the head of the army , said troops would leave {t} by Christmas .
Officials in {t} , including Mayor {p} , urged people to stay at home .
Read more : What we know about the fire . Photo : {p} / {o} .
By {p} , {o} . Published Jan. 12 .
Investigators believe {l} acted alone . But {l} 's family does not .
However , {l} told {o} that he had no plans to resign .
The Internet Explorer flaw affects Windows users . {o} issued a patch on Tuesday .
He won the Nobel Prize in 2004 . {p} shared it with {p} .
Voters in {t} , {t} and {t} go to the polls in the Nov. 8 election .
The New Year began with snow in {t} . The CPU of the PC cost 40 dollars .
The White House said {l} had spoken with {p} by phone .
Judge {p} sentenced {l} to 12 years in prison . Prosecutor {p} had asked for 15 .
{p} , a spokeswoman for {o} , said the plane had left {t} at noon .
{o} , a charity in {t} , feeds 3,000 people a day .
“ This is about justice , ” said {p} , whose son died in the attack .
The actress {p} married the singer {p} in {t} in June .
“ Lost Roads ” opens Friday . The film , by {p} , stars {p} and {p} as sisters .
{l} , who played for {t} until 2011 , has signed with {t} .
U.S. officials said {c} had not answered . The U.N. Security Council will meet on Monday .
Chief Executive {p} said {o} expected profit of $ 2 billion . {l} took over in March .
Army Sgt. {p} and Lt. {p} were hurt in the blast , the Pentagon said .
Witnesses told {o} they saw smoke over the port of {t} .
Both {l} and {l} denied the charges , said Deputy Police Commissioner {p} .
The flood hit {t} province in northern {c} , where 40 villages were cut off .
Supreme Court Justice {p} wrote that the law was clear . Congress passed it in 1994 .
Senate Majority Leader {p} and House Speaker {p} met President {l} .
Islam is the faith of most people in {c} . Republicans and Democrats disagree .
{t} Mayor {p} and {t} Police Chief {p} spoke at the service .
Attorney General {p} asked the FBI and {o} to look into the case .
"""
