// Starts a peer on Node: in this very process, or in several that share its port.
import cluster from "node:cluster";

const [name, processes] = process.argv.slice(2);
if (cluster.isPrimary && Number(processes) > 1) {
  for (let number = 0; number < Number(processes); number++) cluster.fork();
} else {
  await import(`./${name}/server.mjs`);
}
