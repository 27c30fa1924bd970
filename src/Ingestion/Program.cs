using ContestPipeline.Ingestion;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(args);
builder.AddIngestion();
await builder.Build().RunAsync();
