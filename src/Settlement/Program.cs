using ContestPipeline.Settlement;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(args);
builder.AddSettlement();
await builder.Build().RunAsync();
