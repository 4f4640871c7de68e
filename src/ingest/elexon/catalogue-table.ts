/**
 * Elexon's 82 data sets, one a line:
 *
 *   code | asked by | its own time | what tells rows of one time apart | longest window | look of `discover` | answer | name
 *
 * From the OpenAPI document of the Insights API (13 January 2026) and its rows: parameters, fields, and the longest windows that
 * it states for the list routes, kept to on the streams too. The sets by BM unit have windows of a day because of their size.
 * `daily`: says something every day, so that a day without a row is a fault and no hole.
 *
 * @see https://developer.data.elexon.co.uk
 */
export const CATALOGUE_TABLE = `
ABUC | publish | settlementDate | documentId documentRevisionNumber publishTime businessType psrType marketAgreementType flowDirection | 731d | 24h | stream | Amount Of Balancing Reserves Under Contract
AGPT | publish | startTime | documentId documentRevisionNumber publishTime businessType psrType | 4d | 24h | stream daily | Actual Aggregated Generation Per Type
AGWS | publish | startTime | documentId documentRevisionNumber publishTime businessType psrType | 7d | 24h | stream daily | Actual Or Estimated Wind And Solar Power Generation
AOBE | publish | startTime | documentId timeSeriesId documentRevisionNumber publishTime flowDirection | 7d | 24h | stream | Accepted Offered Balancing Energy
ATL | publish | startTime | documentId documentRevisionNumber publishTime | 7d | 24h | stream daily | Actual Total Load Per Bidding Zone
B1610 | period | settlement | nationalGridBmUnitId bmUnit psrType | 7d | 336h | stream daily | Actual Generation Output Per Generation Unit
BEB | publish | startTime | documentId documentRevisionNumber publishTime bidId flowDirection | 7d | 24h | stream | Balancing Energy Bids
BOALF | period | timeFrom | acceptanceNumber acceptanceTime nationalGridBmUnit bmUnit | 1d | 24h | stream daily | Bid Offer Acceptance Level Flagged
BOD | period | timeFrom | pairId nationalGridBmUnit bmUnit | 1d | 1h | stream daily | Bid Offer Data
CBS | publish | timeFrom | documentId documentRevisionNumber publishTime flowDirection | 1d | 24h | stream | Current Balancing State
CCM | publish | publishTime | documentId documentRevisionNumber businessType year month | 731d | 24h | stream | Cost of Congestion Management
CDN | publish | publishTime | bscPartyId creditDefaultLevel enteredDefaultSettlementDate enteredDefaultSettlementPeriod clearedDefaultSettlementDate clearedDefaultSettlementPeriod | 7d | 24h | stream | Credit default notices
DAG | publish | startTime | documentId documentRevisionNumber publishTime | 7d | 24h | stream daily | Day-Ahead Aggregated Generation
DATL | publish | startTime | documentId documentRevisionNumber publishTime | 7d | 24h | stream daily | Day-Ahead Total Load Forecast Per Bidding Zone
DCI | publish | timeFrom | mRID revisionNumber publishTime demandControlId instructionSequence demandControlEventFlag | 7d | 24h | stream | Demand control instructions
DGWS | publish | startTime | documentId documentRevisionNumber publishTime processType businessType psrType | 7d | 24h | stream daily | Day-Ahead Generation For Wind And Solar
DISBSAD | period | settlement | id | 7d | 24h | stream daily | Disaggregated Balancing Services Adjustment Data
FEIB | publish | publishTime | documentId documentRevisionNumber year month priceDirection status | 366d | 24h | stream | Financial Expenses and Income for Balancing
FOU2T14D | publish | forecastDate | publishTime fuelType systemZone biddingZone interconnectorName | 7d | 24h | list daily | 2 to 14 days ahead generation availability aggregated by fuel type
FOU2T3YW | publish | publishTime | year calendarWeekNumber fuelType systemZone biddingZone interconnectorName | 7d | 24h | list | 2 to 156 weeks ahead generation availability aggregated by fuel type
FREQ | measurement | measurementTime | - | 1d | 1h | stream daily | System frequency
FUELHH | publish | startTime | publishTime fuelType | 7d | 24h | stream daily | Half-hourly generation outturn by fuel type
FUELINST | publish | startTime | publishTime fuelType | 7d | 24h | stream daily | Instantaneous generation outturn by fuel type
IGCA | publish | publishTime | documentId documentRevisionNumber businessType psrType year | 731d | 24h | stream | Installed Generation Capacity Aggregated
IGCPU | publish | publishTime | documentId effectiveFrom psrType registeredResourceEicCode bmUnit | 731d | 24h | stream | Installed Generation Capacity per Unit
IMBALNGC | publish | startTime | publishTime boundary | 1d | 24h | stream daily | Day and day-ahead indicated imbalance
INDDEM | publish | startTime | publishTime boundary | 1d | 24h | stream daily | Day and day-ahead indicated demand
INDGEN | publish | startTime | publishTime boundary | 1d | 24h | stream daily | Day and day-ahead indicated generation
INDO | publish | startTime | publishTime | 7d | 24h | list daily | Initial National Demand outturn
INDOD | publish | settlementDate | publishTime | 731d | 24h | stream daily | Initial National Demand outturn daily
ITSDO | publish | startTime | publishTime | 7d | 24h | list daily | Initial Transmission System Demand outturn
LOLPDRM | publish | startTime | publishTime publishingPeriodCommencingTime | 7d | 24h | stream daily | Loss of load probability and de-rated margin
MATL | publish | publishTime | documentId documentRevisionNumber forecastWeekCommencingDate forecastMonth | 366d | 24h | stream | Month-Ahead Total Load Forecast Per Bidding Zone
MDP | period | time | nationalGridBmUnit bmUnit | 7d | 24h | stream | Maximum Delivery Period
MDV | period | time | nationalGridBmUnit bmUnit | 7d | 24h | stream | Maximum Delivery Volume
MELNGC | publish | startTime | publishTime boundary | 1d | 24h | stream daily | Day and day-ahead indicated margin
MELS | period | timeFrom | notificationTime notificationSequence nationalGridBmUnit bmUnit | 1d | 1h | stream daily | Maximum Export Limit
MID | period | startTime | dataProvider | 7d | 24h | stream daily | Market Index Data
MILS | period | timeFrom | notificationTime notificationSequence nationalGridBmUnit bmUnit | 1d | 1h | stream daily | Maximum Import Limit
MNZT | period | time | nationalGridBmUnit bmUnit | 7d | 24h | stream | Minimum Non-Zero Time
MZT | period | time | nationalGridBmUnit bmUnit | 7d | 24h | stream | Minimum Zero Time
NDF | publish | startTime | publishTime boundary | 1d | 24h | stream daily | Day and day-ahead National Demand forecast
NDFD | publish | forecastDate | publishTime | 92d | 24h | stream daily | 2-14 days ahead National Demand and surplus forecast
NDFW | publish | publishTime | year week | 366d | 24h | stream | 2-52 weeks ahead National Demand and surplus forecast
NDZ | period | time | nationalGridBmUnit bmUnit | 7d | 24h | stream | Notice to Deviate from Zero
NETBSAD | period | settlement | - | 7d | 24h | stream daily | Net Balancing Services Adjustment Data
NONBM | period | startTime | publishTime | 7d | 24h | stream | Non-BM STOR
NOU2T14D | publish | forecastDate | publishTime systemZone forecastDateTimezone | 7d | 24h | list daily | 2 to 14 days ahead generation availability aggregated data
NOU2T3YW | publish | publishTime | systemZone calendarWeekNumber year | 7d | 24h | list | 2 to 156 weeks ahead generation availability aggregated data
NTB | period | time | nationalGridBmUnit bmUnit | 7d | 24h | stream | Notice to Deliver Bids
NTO | period | time | nationalGridBmUnit bmUnit | 7d | 24h | stream | Notice to Deliver Offers
OCNMF3Y | publish | publishTime | week year | 7d | 24h | stream | 2-156 weeks ahead demand surplus forecast
OCNMF3Y2 | publish | publishTime | week year | 7d | 24h | stream | 2-156 weeks ahead demand margin forecast
OCNMFD | publish | forecastDate | publishTime | 7d | 24h | stream | 2-14 days ahead demand surplus forecast
OCNMFD2 | publish | forecastDate | publishTime | 7d | 24h | stream | 2-14 days ahead demand margin forecast
PBC | publish | startTime | documentId timeSeriesId documentRevisionNumber publishTime flowDirection psrType | 1d | 24h | stream | Procured Balancing Capacity
PN | period | timeFrom | nationalGridBmUnit bmUnit | 1d | 1h | stream daily | Physical Notifications
PPBR | publish | settlementDate | documentId documentRevisionNumber publishTime psrType marketAgreementType flowDirection | 731d | 24h | stream | Prices Of Procured Balancing Reserves
QAS | period | settlement | nationalGridBmUnit bmUnit | 7d | 336h | stream | Balancing Services Volume
QPN | period | timeFrom | nationalGridBmUnit bmUnit | 1d | 1h | stream daily | Quiescent Physical Notifications
RDRE | period | time | nationalGridBmUnit bmUnit | 7d | 24h | stream | Run Down Rate Export
RDRI | period | time | nationalGridBmUnit bmUnit | 7d | 24h | stream | Run Down Rate Import
REMIT | publish | publishTime | mrid revisionNumber | 1d | 24h | stream daily | REMIT messages on unavailabilities
RURE | period | time | nationalGridBmUnit bmUnit | 7d | 24h | stream | Run Up Rate Export
RURI | period | time | nationalGridBmUnit bmUnit | 7d | 24h | stream | Run Up Rate Import
RZDF | submission | settlementDate | submissionDateTime publishTime region gspGroupId | 7d | 24h | stream | Restoration Region Demand Forecast
RZDR | submission | publishTime | submissionDateTime region gspGroupId | 7d | 24h | stream | Restoration Region Demand Restored
SEL | period | time | nationalGridBmUnit bmUnit | 7d | 24h | stream | Stable Export Limit
SIL | period | time | nationalGridBmUnit bmUnit | 7d | 24h | stream | Stable Import Limit
SOSO | publish | startTime | publishTime contractIdentification senderIdentification receiverIdentification tradeDirection traderUnit | 1d | 24h | stream | SO-SO prices
SYSWARN | publish | publishTime | warningType warningText | 7d | 24h | stream | System warnings
TEMP | publish | measurementDate | publishTime | 7d | 24h | list daily | Temperature data
TSDF | publish | startTime | publishTime boundary | 1d | 24h | stream daily | Day and day-ahead Transmission System Demand forecast
TSDFD | publish | forecastDate | publishTime | 92d | 24h | stream daily | 2-14 days ahead Transmission System Demand and surplus forecast
TSDFW | publish | publishTime | year week | 366d | 24h | stream | 2-52 weeks ahead Transmission System Demand and surplus forecast
TUDM | settlement | startTime | settlementRunType tradingUnitType tradingUnitName deliveryMode | 7d | 336h | stream | Trading unit data
UOU2T14D | publish | forecastDate | publishTime nationalGridBmUnit bmUnit fuelType | 1d | 24h | stream daily | 2 to 14 days ahead generation availability aggregated by Balancing Mechanism Units
UOU2T3YW | publish | publishTime | year week nationalGridBmUnit bmUnit fuelType | 1d | 24h | stream | 2 to 156 weeks ahead generation availability aggregated by Balancing Mechanism Units
WATL | publish | forecastDate | documentId documentRevisionNumber publishTime forecastWeek | 366d | 24h | stream | Week-Ahead Total Load Forecast Per Bidding Zone
WINDFOR | publish | startTime | publishTime | 7d | 24h | stream daily | Wind generation forecast
YAFM | publish | publishTime | documentId documentRevisionNumber businessType year | 731d | 24h | stream | Year Ahead Forecast Margin
YATL | publish | publishTime | documentId documentRevisionNumber forecastYear forecastWeek | 366d | 24h | stream | Year-Ahead Total Load Forecast Per Bidding Zone
`;
