// `node --import pitot/register app.js`.
import "@pitot/node/register";
