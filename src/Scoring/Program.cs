using ContestPipeline.Scoring;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(args);
builder.AddScoring();
await builder.Build().RunAsync();
