using ContestPipeline.Ingestion;
using ContestPipeline.Payout;
using ContestPipeline.Scoring;
using ContestPipeline.Settlement;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(args);
builder.AddIngestion();
builder.AddScoring();
builder.AddSettlement();
builder.AddPayout();
await builder.Build().RunAsync();
